import { useTable, type RowData } from '@tanstack/react-table';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
} from 'react';
import type { ReactNode, SyntheticEvent } from 'react';
import { formatInteger } from '../../lib/format';
import type { MenuAction } from '../Menu';
import { BodyRow } from './BodyRow';
import type { CellPayload } from './cellDrag';
import { CellMenu, type OpenCellMenu } from './CellMenu';
import { features, nextSort, toTanStack, type Column, type Sort } from './columns';
import './DataTable.css';
import { cellAt } from './gridKeys';
import { HeaderCell } from './HeaderCell';
import { PlaceholderRow } from './PlaceholderRow';
import { RowCheckbox } from './RowCheckbox';
import { useGridFocus } from './useGridFocus';

const ROW_HEIGHT = 32;
const SELECT_WIDTH = 40;
const OVERSCAN = 8;
/** The next page is asked for while so many rows are still below. */
const LOAD_AHEAD = 30;

/** Where `rows` are only some of all: the table scrolls over all, and tells which it shows. */
export interface SparseRows {
  total: number;
  /** Of each row, its index among all. Memoised. */
  places: readonly number[];
  onSeen: (indexes: readonly number[]) => void;
}

export interface DataTableProps<T extends RowData> {
  /** Names the grid and the region that scrolls. */
  label: string;
  /** Memoised or constant: a new array makes every row again. */
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowId: (row: T) => string;
  /** With `onSortChange` the order is the server's; without, the table sorts what it has. */
  sort?: Sort | null;
  onSortChange?: (sort: Sort | null) => void;
  selected?: ReadonlySet<string>;
  onSelect?: (selected: Set<string>) => void;
  /** For orders that are the server's. */
  sparse?: SparseRows;
  hasMore?: boolean;
  isLoadingMore?: boolean;
  onLoadMore?: () => void;
  /** Makes cells draggable: what a cell stands for, or `null`. Memoised or constant. */
  onCellDrag?: (row: T, column: string) => CellPayload | null;
  /** The same by keyboard and right button. */
  cellActions?: (cell: CellPayload, row: T) => readonly MenuAction[];
  /** Instead of rows where there are none. */
  empty?: ReactNode;
  /** CSS length. */
  maxHeight?: string;
}

export function DataTable<T extends RowData>(props: DataTableProps<T>) {
  const { label, columns, rows, rowId, selected, onSelect, onCellDrag, cellActions } = props;
  const { total = rows.length, places, onSeen } = props.sparse ?? {};
  const { hasMore = false, isLoadingMore = false, onLoadMore, empty, maxHeight = '70vh' } = props;
  const [ownSort, setOwnSort] = useState<Sort | null>(null);
  const isServerSorted = props.onSortChange !== undefined;
  const sort = isServerSorted ? (props.sort ?? null) : ownSort;
  const setSort = props.onSortChange ?? setOwnSort;
  const [menu, setMenu] = useState<OpenCellMenu | null>(null);
  const hints = useId();

  const table = useTable({
    features,
    data: rows,
    columns: useMemo(() => toTanStack(columns), [columns]),
    state: { sorting: sort ? [{ id: sort.column, desc: sort.descending }] : [] },
    manualSorting: isServerSorted,
    getRowId: rowId,
  });
  const sorted = table.getRowModel().rows;
  const byPlace = useMemo(() => places && new Map(places.map((at, i) => [at, i])), [places]);
  const rowAt = (index: number) => sorted[byPlace ? (byPlace.get(index) ?? -1) : index];

  const firstColumn = selected ? 1 : 0;
  const widths = table.state.columnSizing;
  // Columns that somebody sized keep their width; the others share the rest.
  const tracks = table.getAllLeafColumns().map((column) => {
    const width = column.getSize();
    return widths[column.id] === undefined ? `minmax(${width}px, ${width}fr)` : `${width}px`;
  });
  if (selected) tracks.unshift(`${SELECT_WIDTH}px`);

  const region = useRef<HTMLDivElement>(null);
  const activeRow = useRef(-1);
  // eslint-disable-next-line react-hooks/incompatible-library -- no React Compiler here
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => region.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollPaddingStart: ROW_HEIGHT,
    // The row with the focus stays in the document however far it is scrolled away.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      const row = activeRow.current;
      if (row < 0 || row >= range.count || indexes.includes(row)) return indexes;
      return row < range.startIndex ? [row, ...indexes] : [...indexes, row];
    },
  });
  const focus = useGridFocus({
    rows: total,
    columns: columns.length + firstColumn,
    scrollToRow: (row) => virtual.scrollToIndex(row),
    pageSize: () => Math.max(1, Math.floor((region.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2),
  });
  useEffect(() => {
    activeRow.current = focus.active.row;
  }, [focus.active.row]);

  // The first rows of an order are what it is asked for.
  const order = sort && `${sort.column} ${sort.descending}`;
  const oldOrder = useRef(order);
  useEffect(() => {
    if (oldOrder.current !== order && region.current) region.current.scrollTop = 0;
    oldOrder.current = order;
  }, [order]);

  const items = virtual.getVirtualItems();
  useEffect(() => onSeen?.(items.map(({ index }) => index)), [items, onSeen]);
  const isNearEnd = (items.at(-1)?.index ?? -1) >= sorted.length - LOAD_AHEAD;
  useEffect(() => {
    if (isNearEnd && hasMore && !isLoadingMore) onLoadMore?.();
  }, [isNearEnd, hasMore, isLoadingMore, onLoadMore]);

  const toggle = useCallback(
    (id: string) => {
      const next = new Set(selected);
      if (!next.delete(id)) next.add(id);
      onSelect?.(next);
    },
    [selected, onSelect],
  );
  const allSelected = rows.length > 0 && rows.every((row) => selected?.has(rowId(row)));

  function openMenu(event: SyntheticEvent<HTMLElement>) {
    const at = cellAt(event.target as Element);
    const row = at && rowAt(at.row)?.original;
    const column = at && columns[at.column - firstColumn];
    const payload = row && column && onCellDrag?.(row, column.id);
    const actions = payload && cellActions?.(payload, row);
    const cell = (event.target as Element).closest<HTMLElement>('[data-cell]');
    if (!cell || !actions || actions.length === 0) return;
    event.preventDefault();
    setMenu({ cell, actions });
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const isCell = event.target instanceof HTMLElement && event.target.role === 'gridcell';
    if (isCell && (event.key === 'Enter' || event.key === ' ')) openMenu(event);
    focus.onKeyDown(event);
  }

  if (rows.length === 0 && empty !== undefined && !isLoadingMore) return <>{empty}</>;
  return (
    <div className="table">
      <div
        className="table-region"
        role="region"
        aria-label={label}
        // It scrolls, so it takes the focus.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        ref={region}
        style={{ maxHeight }}
      >
        <div
          role="grid"
          ref={focus.grid}
          aria-label={label}
          aria-describedby={hints}
          aria-rowcount={hasMore ? -1 : total + 1}
          aria-colcount={columns.length + firstColumn}
          aria-multiselectable={selected ? true : undefined}
          style={{ ['--tracks' as string]: tracks.join(' ') }}
          onKeyDown={onKeyDown}
          onFocus={focus.onFocus}
          onBlur={focus.onBlur}
          onContextMenu={openMenu}
          tabIndex={-1}
        >
          <div role="rowgroup" className="table-head">
            <div role="row" className="table-row" aria-rowindex={1}>
              {selected && (
                <div role="columnheader" className="table-cell" data-cell="-1:0" aria-colindex={1}>
                  <RowCheckbox
                    label="Select all loaded rows"
                    isSelected={allSelected}
                    isIndeterminate={!allSelected && selected.size > 0}
                    onChange={(all) => onSelect?.(new Set(all ? rows.map(rowId) : []))}
                  />
                </div>
              )}
              {columns.map((column, i) => (
                <HeaderCell
                  key={column.id}
                  label={column.header}
                  description={column.description}
                  index={firstColumn + i}
                  align={column.align ?? 'start'}
                  sorted={direction(column, sort)}
                  onSort={() => setSort(nextSort(sort, column.id))}
                  onResize={(width) =>
                    table.setColumnSizing((old) => ({ ...old, [column.id]: width }))
                  }
                />
              ))}
            </div>
          </div>
          <div role="rowgroup" className="table-body" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = rowAt(item.index);
              const place = { index: item.index, top: item.start };
              return row ? (
                <BodyRow
                  key={row.id}
                  {...place}
                  row={row.original}
                  id={row.id}
                  columns={columns}
                  isSelected={selected?.has(row.id)}
                  onSelect={toggle}
                  cellOf={onCellDrag}
                />
              ) : (
                <PlaceholderRow key={item.key} {...place} cells={columns.length + firstColumn} />
              );
            })}
          </div>
        </div>
      </div>
      <p id={hints} className="visually-hidden">
        Arrow keys move between cells. Shift with left or right arrow resizes a column from its
        header.{cellActions && ' Enter opens what can be done with a cell.'}
      </p>
      {isLoadingMore && (
        <p className="table-note">{formatInteger(rows.length)} rows, loading more…</p>
      )}
      {menu && <CellMenu {...menu} onClose={() => setMenu(null)} />}
    </div>
  );
}

function direction<T>(column: Column<T>, sort: Sort | null) {
  if (column.isSortable === false) return undefined;
  if (sort?.column !== column.id) return 'none';
  return sort.descending ? 'descending' : 'ascending';
}
