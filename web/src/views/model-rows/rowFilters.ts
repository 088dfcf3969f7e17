// Which of the scored rows are listed, and in which order.

import type { Sort } from '../../components/table/columns';
import { compare } from '../../components/table/columns';
import { formatPlain } from '../../lib/format';
import { confidence, errorOf, outcomeOf, type ScoredRow } from '../../lib/scored';

export type Op = 'is' | 'not' | 'contains' | 'min' | 'max';

export interface RowFilter {
  column: string;
  op: Op;
  /** Null stands for a missing value. */
  value: string | number | boolean | null;
}

const OPS: readonly unknown[] = ['is', 'not', 'contains', 'min', 'max'];

/** Takes from an address only what is a filter. */
export function checkFilters(value: unknown): RowFilter[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter((item: unknown): item is RowFilter => {
    if (typeof item !== 'object' || item === null) return false;
    const { column, op, value: wanted } = item as Record<string, unknown>;
    const isScalar = wanted === null || ['string', 'number', 'boolean'].includes(typeof wanted);
    return typeof column === 'string' && OPS.includes(op) && isScalar;
  });
}

/** What a column of the table holds, the row's own and those about its score. */
export function valueOf(row: ScoredRow, column: string): unknown {
  switch (column) {
    case '#row':
      return row.id;
    case '#label':
      return row.label;
    case '#prediction':
      return row.prediction;
    case '#confidence':
      return confidence(row);
    case '#error':
      return errorOf(row);
    case '#off': {
      const error = errorOf(row);
      return error === undefined ? undefined : Math.abs(error);
    }
    case '#outcome':
      return outcomeOf(row);
    default:
      return row.values[column];
  }
}

export function filterRows(
  rows: readonly ScoredRow[],
  filters: readonly RowFilter[],
  onlyWrong: boolean,
): ScoredRow[] {
  return rows.filter(
    (row) =>
      (!onlyWrong || outcomeOf(row) === 'wrong') &&
      filters.every((filter) => matches(valueOf(row, filter.column), filter)),
  );
}

function matches(value: unknown, { op, value: wanted }: RowFilter): boolean {
  const isMissing = value === null || value === undefined || Number.isNaN(value);
  if (wanted === null) return (op === 'not') !== isMissing;
  switch (op) {
    case 'is':
      return !isMissing && isSame(value, wanted);
    case 'not':
      return isMissing || !isSame(value, wanted);
    case 'contains':
      return !isMissing && textOf(value).toLowerCase().includes(String(wanted).toLowerCase());
    case 'min':
      return !isMissing && Number(value) >= Number(wanted);
    case 'max':
      return !isMissing && Number(value) <= Number(wanted);
  }
}

function isSame(value: unknown, wanted: string | number | boolean): boolean {
  if (typeof value === 'number') return value === Number(wanted);
  return textOf(value) === String(wanted);
}

function textOf(value: unknown): string {
  return formatPlain(value);
}

export function sortRows(rows: readonly ScoredRow[], sort: Sort | null): ScoredRow[] {
  if (!sort) return [...rows];
  const sign = sort.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: valueOf(row, sort.column) ?? undefined }))
    .sort((a, b) => {
      // What is missing comes last both ways.
      if (a.value === undefined || b.value === undefined) {
        return Number(a.value === undefined) - Number(b.value === undefined);
      }
      return sign * compare(a.value, b.value);
    })
    .map(({ row }) => row);
}

/** `carrier = UA`, `distance ≥ 100`, `age is missing`. */
export function filterText({ column, op, value }: RowFilter): string {
  const name = column.startsWith('#') ? column.slice(1) : column;
  if (value === null) return op === 'not' ? `${name} is there` : `${name} is missing`;
  const sign = { is: '=', not: '≠', contains: 'contains', min: '≥', max: '≤' }[op];
  return `${name} ${sign} ${String(value)}`;
}
