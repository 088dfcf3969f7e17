// A cell on its way from a table to a filter shelf: the native drag data, which React Aria's drop
// zones read too.

export interface CellPayload {
  field: string;
  value: unknown;
}

export const CELL_TYPE = 'application/x-modeldb-cell+json';

export function writeCell(transfer: DataTransfer, cell: CellPayload): void {
  transfer.setData(CELL_TYPE, JSON.stringify(cell));
  // For drops outside of the page.
  transfer.setData(
    'text/plain',
    typeof cell.value === 'string' ? cell.value : JSON.stringify(cell.value),
  );
  transfer.effectAllowed = 'copy';
}

/** The cell in the text of `CELL_TYPE`; `null` where it is none: a drop can come from anywhere. */
export function readCell(text: string): CellPayload | null {
  try {
    const cell: unknown = JSON.parse(text);
    if (typeof cell !== 'object' || cell === null) return null;
    if (!('field' in cell) || typeof cell.field !== 'string' || !('value' in cell)) return null;
    return { field: cell.field, value: cell.value };
  } catch {
    return null;
  }
}
