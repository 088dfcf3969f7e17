// Moving about a grid by keyboard, after the ARIA grid pattern.

/** `row` -1 is the header. */
export interface CellPosition {
  row: number;
  column: number;
}

export interface GridSize {
  rows: number;
  columns: number;
  /** Rows on one screen. */
  page: number;
}

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>;

/** Where a key leads, kept inside the grid; `null` for a key that does not move. */
export function moveBy(event: Key, at: CellPosition, size: GridSize): CellPosition | null {
  const far = event.ctrlKey || event.metaKey;
  const last = size.rows - 1;
  const lastColumn = size.columns - 1;
  const to = { ...at };
  switch (event.key) {
    case 'ArrowUp':
      to.row = far ? 0 : at.row - 1;
      break;
    case 'ArrowDown':
      to.row = far ? last : at.row + 1;
      break;
    case 'ArrowLeft':
      to.column = far ? 0 : at.column - 1;
      break;
    case 'ArrowRight':
      to.column = far ? lastColumn : at.column + 1;
      break;
    case 'Home':
      to.column = 0;
      if (far) to.row = 0;
      break;
    case 'End':
      to.column = lastColumn;
      if (far) to.row = last;
      break;
    case 'PageUp':
      to.row = Math.max(0, at.row - size.page);
      break;
    case 'PageDown':
      to.row = at.row + size.page;
      break;
    default:
      return null;
  }
  return {
    row: Math.max(-1, Math.min(last, to.row)),
    column: Math.max(0, Math.min(lastColumn, to.column)),
  };
}

/** As it stands in `data-cell`. */
export function cellName({ row, column }: CellPosition): string {
  return `${row}:${column}`;
}

export function cellAt(target: Element): CellPosition | null {
  const name = target.closest<HTMLElement>('[data-cell]')?.dataset['cell'];
  const [row, column] = name?.split(':').map(Number) ?? [];
  return row === undefined || column === undefined ? null : { row, column };
}

const WIDGETS = 'a[href], button, input, select, [role="button"]';

/** What takes the focus in a cell: its link or control, or else the cell. */
export function focusTarget(cell: HTMLElement): HTMLElement {
  return cell.querySelector<HTMLElement>(WIDGETS) ?? cell;
}

/**
 * One stop of the Tab key for the whole grid: controls in its cells are reached by arrows. They are
 * the views' own elements, so this is done to the document rather than asked of every view.
 */
export function rove(grid: HTMLElement, active: CellPosition): void {
  const cell = grid.querySelector<HTMLElement>(`[data-cell="${cellName(active)}"]`);
  const target = cell && focusTarget(cell);
  // Runs at every frame of scrolling, so it touches only what is wrong.
  for (const stop of grid.querySelectorAll<HTMLElement>(`:is(${WIDGETS}, [tabindex='0'])`)) {
    if (stop !== target && stop.tabIndex !== -1) stop.tabIndex = -1;
  }
  if (target) target.tabIndex = 0;
}
