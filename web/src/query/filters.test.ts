import { expect, it } from 'vitest';
import { checkFilters } from './checkFilters';
import { Fields } from './fieldRef';
import {
  boundBy,
  filterText,
  notValue,
  onlyValue,
  orValue,
  scalarOf,
  type Filter,
} from './filters';
import { field } from './testField';

const fields = new Fields([
  field('family'),
  field('metric:auc'),
  field('started_at', { kind: 'time', label: 'started' }),
]);
const text = (filter: Filter) => filterText(filter, fields);

it('keeps only a value, then that or another, then not a third', () => {
  let filters = onlyValue([{ field: 'family', op: { not_in: ['b'] } }], 'family', 'a');
  expect(filters).toEqual([{ field: 'family', op: { in: ['a'] } }]);
  filters = orValue(filters, 'family', null);
  filters = orValue(filters, 'family', null);
  expect(filters).toEqual([{ field: 'family', op: { in: ['a', null] } }]);
  filters = notValue(notValue(filters, 'family', 'c'), 'family', 'd');
  expect(filters[1]).toEqual({ field: 'family', op: { not_in: ['c', 'd'] } });
});

it('bounds a metric from both ends', () => {
  const low = boundBy([], 'metric:auc', 'min', 0.6);
  expect(boundBy(low, 'metric:auc', 'max', 0.7)).toEqual([
    { field: 'metric:auc', op: { range: { min: 0.6, max: 0.7 } } },
  ]);
});

it('reads as a sentence', () => {
  expect(text({ field: 'family', op: { in: ['org.apache.LogisticRegression', null] } })).toBe(
    'family is LogisticRegression or missing',
  );
  expect(text({ field: 'family', op: { not_in: ['a', 'b', 'c', 'd', 'e'] } })).toBe(
    'family is not a, b, c or 2 more',
  );
  expect(text({ field: 'metric:auc', op: { range: { min: 0.5 } } })).toBe('auc ≥ 0.5');
  expect(text({ field: 'metric:auc', slice: '(a = 1)', op: { range: { min: 0, max: 1 } } })).toBe(
    '0 ≤ auc where a = 1 ≤ 1',
  );
  expect(text({ field: 'started_at', op: { range: { max: '2026-11-29T00:00:00Z' } } })).toBe(
    'started ≤ 2026-11-29 00:00:00 UTC',
  );
  expect(text({ field: 'family', op: { missing: false } })).toBe('family is known');
});

it('filters by nothing that no filter takes', () => {
  expect(scalarOf('NaN', 'number')).toBeUndefined();
  expect(scalarOf(undefined, 'number')).toBeNull();
  expect(scalarOf(['a'], 'json')).toBeUndefined();
  expect(scalarOf('a', 'text')).toBe('a');
});

it('refuses what somebody typed into the address', () => {
  const good = [{ field: 'family', op: { in: ['a', null] } }];
  expect(checkFilters(good)).toBe(good);
  for (const bad of [
    'x',
    [1],
    [{ field: 'f', op: {} }],
    [{ field: 'f', op: { in: [] } }],
    [{ field: 'f', op: { in: [{}] } }],
    [{ field: 'f', op: { range: {} } }],
    [{ field: 'f', op: { drop: 1 } }],
    [{ field: 'f', slice: 1, op: { missing: true } }],
  ]) {
    expect(checkFilters(bad)).toBeUndefined();
  }
});
