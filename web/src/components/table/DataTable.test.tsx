import { fireEvent, render, screen, within } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Column } from './columns';
import { DataTable } from './DataTable';

interface Model {
  id: string;
  auc: number | null;
}
const rows: Model[] = [
  { id: 'a', auc: 0.5 },
  { id: 'b', auc: null },
  { id: 'c', auc: 0.9 },
];
const columns: Column<Model>[] = [
  { id: 'id', header: 'Model', value: (row) => row.id },
  { id: 'auc', header: 'AUC', value: (row) => row.auc, align: 'end' },
];
const rowId = (row: Model) => row.id;

beforeEach(() => {
  // jsdom has no layout; the virtualiser needs a height to show anything.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400);
});

const ids = () =>
  within(screen.getByRole('grid'))
    .getAllByRole('row')
    .slice(1)
    .map((row) => within(row).getAllByRole('gridcell')[0]?.textContent);

it('sorts what it has, with what is missing last both ways', () => {
  render(<DataTable label="Models" columns={columns} rows={rows} rowId={rowId} />);
  const header = screen.getByRole('button', { name: 'AUC' });
  fireEvent.click(header);
  expect(ids()).toEqual(['a', 'c', 'b']);
  fireEvent.click(header);
  expect(ids()).toEqual(['c', 'a', 'b']);
  expect(header.closest('[role=columnheader]')?.getAttribute('aria-sort')).toBe('descending');
});

it('leaves sorting to the server when told', () => {
  const onSortChange = vi.fn();
  const sort = { column: 'auc', descending: true };
  render(<DataTable {...{ label: 'Models', columns, rows, rowId, sort, onSortChange }} />);
  expect(ids()).toEqual(['a', 'b', 'c']);
  fireEvent.click(screen.getByRole('button', { name: 'Model' }));
  expect(onSortChange).toHaveBeenCalledWith({ column: 'id', descending: false });
});

it('selects rows', () => {
  const onSelect = vi.fn();
  render(
    <DataTable
      {...{ label: 'Models', columns, rows, rowId, onSelect }}
      selected={new Set(['a'])}
    />,
  );
  fireEvent.click(screen.getByRole('checkbox', { name: 'Select row 3' }));
  expect(onSelect).toHaveBeenCalledWith(new Set(['a', 'c']));
});

it('has one tab stop, which arrows move', () => {
  render(<DataTable label="Models" columns={columns} rows={rows} rowId={rowId} />);
  const header = screen.getByRole('button', { name: 'Model' });
  expect(header.tabIndex).toBe(0);
  header.focus();
  fireEvent.keyDown(header, { key: 'ArrowDown' });
  expect(document.activeElement?.textContent).toBe('a');
  fireEvent.keyDown(document.activeElement ?? header, { key: 'ArrowRight' });
  expect(document.activeElement?.textContent).toBe('0.5');
  expect(header.tabIndex).toBe(-1);
});

it('offers by keyboard what dragging does', () => {
  const onAction = vi.fn();
  render(
    <DataTable
      {...{ label: 'Models', columns, rows, rowId }}
      onCellDrag={(row, column) => ({ field: column, value: row.auc })}
      cellActions={(cell) => [
        { id: 'filter', label: `Only ${cell.field} ${String(cell.value)}`, onAction },
      ]}
    />,
  );
  const cell = screen.getByText('0.9').closest<HTMLElement>('[role=gridcell]');
  if (!cell) throw new Error('no cell');
  cell.focus();
  fireEvent.keyDown(cell, { key: 'Enter' });
  fireEvent.click(screen.getByRole('menuitem', { name: 'Only auc 0.9' }));
  expect(onAction).toHaveBeenCalled();
});

it('asks for more near the end', () => {
  const onLoadMore = vi.fn();
  render(<DataTable {...{ label: 'Models', columns, rows, rowId, onLoadMore }} hasMore />);
  expect(onLoadMore).toHaveBeenCalledTimes(1);
  expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('-1');
});

it('keeps places for rows that are not here, and hands the focus on when they come', () => {
  const onSeen = vi.fn();
  const sparse = { total: 100_000, onSeen };
  const table = (some: Model[], places: number[]) => (
    <DataTable
      {...{ label: 'Models', columns, rowId }}
      rows={some}
      sparse={{ ...sparse, places }}
      onSortChange={vi.fn()}
    />
  );
  const { rerender } = render(table(rows.slice(0, 2), [0, 2]));
  expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('100001');
  expect(ids().slice(0, 4)).toEqual(['a', '', 'b', '']);
  expect(onSeen.mock.calls.at(-1)?.[0]).toContain(3);

  const header = screen.getByRole('button', { name: 'Model' });
  header.focus();
  fireEvent.keyDown(header, { key: 'ArrowDown' });
  fireEvent.keyDown(document.activeElement ?? header, { key: 'ArrowDown' });
  expect(document.activeElement?.closest('[role=row]')?.getAttribute('aria-busy')).toBe('true');
  rerender(table(rows, [0, 2, 1]));
  expect(ids().slice(0, 4)).toEqual(['a', 'c', 'b', '']);
  expect(document.activeElement?.textContent).toBe('c');
});
