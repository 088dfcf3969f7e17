import { useCallback, useMemo, type ReactNode } from 'react';
import type { MenuAction } from '../Menu';
import type { CellPayload } from '../table/cellDrag';
import type { Column, Sort } from '../table/columns';
import { DataTable } from '../table/DataTable';
import { cellActions } from './cellActions';
import { columnOf } from './cells';
import type { Fields } from '../../query/fieldRef';
import { scalarOf, type Filter } from '../../query/filters';
import { rowsOf, valueOf, type ModelRow } from './rows';
import { isDescendingFirst, pressed } from './sort';
import type { useModelPages } from './useModelPages';

interface ModelTableProps {
  pages: ReturnType<typeof useModelPages>;
  fields: Fields;
  visible: readonly string[];
  sort: Sort | null;
  onSort: (sort: Sort | null) => void;
  filters: readonly Filter[];
  /** Without it, cells are nothing to filter by. */
  onFilter?: (filters: Filter[]) => void;
  /** Columns that no field of models is. Memoised. */
  extra?: readonly Column<ModelRow>[];
  selected: ReadonlySet<string>;
  onSelect: (selected: Set<string>) => void;
  empty: ReactNode;
}

const NONE: readonly Column<ModelRow>[] = [];
const rowId = (row: ModelRow) => row.id;

export function ModelTable(props: ModelTableProps) {
  const { pages, fields, visible, sort, onSort, filters, onFilter, extra = NONE } = props;
  // While the answer to a new question is awaited, the rows are those of the old one: their own
  // columns say where each value is.
  const { rows, places } = useMemo(() => rowsOf(pages.pages), [pages.pages]);
  const columns = useMemo(() => {
    return [...visible.map((key) => columnOf(key, fields)), ...extra];
  }, [visible, fields, extra]);

  const onCellDrag = useCallback(
    (row: ModelRow, column: string): CellPayload | null => {
      const kind = fields.kind(column);
      if (kind === 'json') return null;
      const value = scalarOf(valueOf(row, column), kind);
      return value === undefined ? null : { field: column, value };
    },
    [fields],
  );
  const actions = (cell: CellPayload): readonly MenuAction[] =>
    onFilter ? cellActions(cell, fields, filters, onFilter) : [];

  function onSortChange(next: Sort | null) {
    // Taking the order away comes as null: the column is then the one it was sorted by.
    const column = next?.column ?? sort?.column;
    if (column === undefined) return;
    onSort(pressed(sort, column, isDescendingFirst(column, fields)));
  }

  return (
    <DataTable
      label="Models"
      columns={columns}
      rows={rows}
      rowId={rowId}
      sort={sort}
      onSortChange={onSortChange}
      selected={props.selected}
      onSelect={props.onSelect}
      sparse={{ total: pages.total, places, onSeen: pages.onSeen }}
      {...(onFilter && { onCellDrag, cellActions: actions })}
      empty={props.empty}
      maxHeight="max(320px, calc(100vh - 300px))"
    />
  );
}
