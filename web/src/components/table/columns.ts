// What a view says about its columns, and how they become TanStack's.

import {
  columnSizingFeature,
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  type RowData,
} from '@tanstack/react-table';
import type { ReactNode } from 'react';
import type { ValueKind } from '../Value';

export interface Column<T> {
  id: string;
  header: string;
  /** A sentence for the header's title. */
  description?: string;
  /** For sorting, for dragging, and for the cell where `cell` is not given. */
  value: (row: T) => unknown;
  cell?: (row: T) => ReactNode;
  kind?: ValueKind;
  /** In pixels; columns share what is left over in proportion. */
  width?: number;
  /** `end` for numbers. */
  align?: 'start' | 'end';
  isSortable?: boolean;
}

export interface Sort {
  column: string;
  descending: boolean;
}

export const features = tableFeatures({
  columnSizingFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
});

export const DEFAULT_WIDTH = 140;
export const MIN_WIDTH = 56;

export function toTanStack<T extends RowData>(columns: readonly Column<T>[]) {
  const helper = createColumnHelper<typeof features, T>();
  return columns.map((column) =>
    // What is missing comes last in both directions: TanStack does that for undefined.
    helper.accessor((row: T): unknown => column.value(row) ?? undefined, {
      id: column.id,
      size: column.width ?? DEFAULT_WIDTH,
      minSize: MIN_WIDTH,
      sortUndefined: 'last',
      sortFn: (a, b, id) => compare(a.getValue(id), b.getValue(id)),
    }),
  );
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Numbers by value, everything else as text with numbers in it: `c2` before `c10`. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}

/** The next state of a header that is pressed: ascending, descending, as it came. */
export function nextSort(sort: Sort | null, column: string): Sort | null {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? null : { column, descending: true };
}
