import { useMemo, type ReactNode } from 'react';
import { DataTable } from './DataTable';
import { toResultColumns, toResultRows, type ResultRow, type Table } from './resultColumns';

interface ResultTableProps extends Table {
  label: string;
  empty?: ReactNode;
  maxHeight?: string;
}

const rowId = (row: ResultRow) => row.id;

/** Rows of SQL, of a sample: by the types of their columns, with ids as links. */
export function ResultTable({ label, columns, rows, empty, maxHeight = '60vh' }: ResultTableProps) {
  const tableColumns = useMemo(() => toResultColumns(columns), [columns]);
  const tableRows = useMemo(() => toResultRows(rows), [rows]);
  return (
    <DataTable
      label={label}
      columns={tableColumns}
      rows={tableRows}
      rowId={rowId}
      empty={empty}
      maxHeight={maxHeight}
    />
  );
}
