import { describe, expect, it } from 'vitest';
import type { ScoredRow } from '../../lib/scored';
import { checkFilters, filterRows, filterText, sortRows, type RowFilter } from './rowFilters';

const row = (id: string, more: Partial<ScoredRow>): ScoredRow => ({
  id,
  label: 1,
  prediction: 1,
  probability: undefined,
  values: {},
  ...more,
});
const rows = [
  row('a', { values: { carrier: 'UA', age: 3 }, probability: [0.1, 0.9] }),
  row('b', { values: { carrier: 'AA', age: null }, prediction: 0, probability: [0.8, 0.2] }),
  row('c', { values: { carrier: 'UA', age: 12 }, label: undefined }),
];
const ids = (found: readonly ScoredRow[]) => found.map(({ id }) => id).join('');
const where = (...filters: RowFilter[]) => ids(filterRows(rows, filters, false));

describe('filterRows', () => {
  it.each<[RowFilter, string]>([
    [{ column: 'carrier', op: 'is', value: 'UA' }, 'ac'],
    [{ column: 'carrier', op: 'not', value: 'UA' }, 'b'],
    [{ column: 'carrier', op: 'contains', value: 'a' }, 'abc'],
    [{ column: 'age', op: 'is', value: '3' }, 'a'],
    [{ column: 'age', op: 'min', value: 4 }, 'c'],
    [{ column: 'age', op: 'max', value: 4 }, 'a'],
    [{ column: 'age', op: 'is', value: null }, 'b'],
    [{ column: 'age', op: 'not', value: null }, 'ac'],
    [{ column: '#prediction', op: 'is', value: 0 }, 'b'],
    [{ column: 'nothing', op: 'is', value: 'x' }, ''],
  ])('%j leaves %s', (filter, left) => expect(where(filter)).toBe(left));

  it('finds the wrong ones; a row without a label is not wrong', () => {
    expect(ids(filterRows(rows, [], true))).toBe('b');
  });
});

it('sorts, with what is missing last both ways', () => {
  expect(ids(sortRows(rows, { column: 'age', descending: false }))).toBe('acb');
  expect(ids(sortRows(rows, { column: 'age', descending: true }))).toBe('cab');
  expect(ids(sortRows(rows, { column: '#confidence', descending: true }))).toBe('abc');
  expect(ids(sortRows(rows, null))).toBe('abc');
});

it('takes only filters from an address', () => {
  expect(checkFilters('x')).toBeUndefined();
  expect(
    checkFilters([1, { column: 'a', op: 'drop', value: 1 }, { column: 'a', op: 'is', value: {} }]),
  ).toEqual([]);
  expect(checkFilters([{ column: 'a', op: 'is', value: null }])).toHaveLength(1);
});

it('says what a filter does', () => {
  expect(filterText({ column: 'carrier', op: 'is', value: 'UA' })).toBe('carrier = UA');
  expect(filterText({ column: '#label', op: 'is', value: null })).toBe('label is missing');
});
