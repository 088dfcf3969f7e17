import { closedQuery } from './closedQuery';
import { pagesOf, type ModelPage } from '../components/models/useModelPages';
import { expect, it } from 'vitest';
import { Fields } from './fieldRef';
import { groupFilter } from '../views/models/groupFilter';
import {
  dimensionOf,
  groupsQuery,
  onSlice,
  PAGE_ROWS,
  rowsQuery,
  type Question,
} from './modelQuery';
import { rowsOf, valueOf } from '../components/models/rows';
import { checkSort, isDescendingFirst, pressed } from '../components/models/sort';
import { field } from './testField';

const question: Question = { project: 'p', scope: 'top', search: ' forest ', filters: [] };
const fields = new Fields([
  field('metric:rmse', { larger_is_better: false }),
  field('metric:auc', { larger_is_better: true }),
  field('param:depth', { kind: 'number', values: 3 }),
  field('param:reg', { kind: 'number', values: 500 }),
  field('started_at', { kind: 'time' }),
  field('fold', { kind: 'integer' }),
]);

it('asks for what links and states need beside the columns', () => {
  const query = rowsQuery(question, ['run', 'metric:auc'], {
    column: 'metric:auc',
    descending: true,
  });
  expect(query.columns.map(({ field: id }) => id)).toEqual([
    'run',
    'metric:auc',
    'model_id',
    'status',
    'error',
    'project',
    'role',
    'metrics_measured',
    'run_id',
  ]);
  expect(query.sort).toEqual([{ output: 1, descending: true }]);
  expect(query.filters).toEqual([{ field: 'search', op: { contains: 'forest' } }]);
});

it('forgets an order by a column that is gone', () => {
  expect(rowsQuery(question, ['run'], { column: 'x', descending: true }).sort).toEqual([]);
});

it('asks for groups with the best and the mean of each metric', () => {
  const query = groupsQuery(question, 'param:depth', ['metric:auc'], null, fields);
  expect(query.dimensions).toEqual([{ field: 'param:depth' }]);
  expect(query.measures.map(({ aggregate }) => aggregate)).toEqual(['count', 'best', 'mean']);
  expect(query.sort).toEqual([{ output: 1, descending: true }]);
});

it('puts many numbers into bins and times into days', () => {
  expect(dimensionOf('param:reg', fields)).toEqual({ field: 'param:reg', bins: 10 });
  expect(dimensionOf('started_at', fields)).toEqual({ field: 'started_at', truncate: 'day' });
  expect(dimensionOf('fold', fields)).toEqual({ field: 'fold' });
});

it('measures on a slice only what has no rows of its own', () => {
  expect(onSlice('metric:auc', '(a)')).toBe('["metric:auc","(a)",null]');
  expect(onSlice('["metric:auc","(b)",null]', '(a)')).toBe('["metric:auc","(b)",null]');
  expect(onSlice('family', '(a)')).toBe('family');
});

it('leads from a group to its models', () => {
  expect(groupFilter('family', 'a', null, fields)?.op).toEqual({ in: ['a'] });
  expect(groupFilter('family', null, null, fields)?.op).toEqual({ missing: true });
  expect(groupFilter('started_at', '2026-11-29T00:00:00Z', null, fields)?.op).toEqual({
    range: { min: '2026-11-29T00:00:00.000Z', max: '2026-11-29T23:59:59.999Z' },
  });
  const bin = groupFilter('param:reg', 0.2, 0.1, fields)?.op;
  expect(bin && 'range' in bin && bin.range.max).toBeCloseTo(0.3, 6);
  expect(bin && 'range' in bin && Number(bin.range.max) < 0.3).toBe(true);
});

it('tells a model once, however pages have shifted', () => {
  const page = (offset: number, ...rows: unknown[][]): ModelPage => ({
    asked: closedQuery({}),
    offset,
    answer: {
      columns: [],
      outputs: ['model_id', 'x'].map((field) => ({ label: field, field: { field }, kind: 'text' })),
      rows,
      sql: '',
      truncated: false,
    },
  });
  const { rows, places } = rowsOf([page(0, ['a', 1]), page(PAGE_ROWS, ['a', 1], ['b', 2])]);
  expect(rows.map((row) => [row.id, valueOf(row, 'x')])).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  expect(places).toEqual([0, PAGE_ROWS + 1]);
  expect(pagesOf([0, 1, 3 * PAGE_ROWS + 5, 2 * PAGE_ROWS - 1])).toEqual([0, 1, 3]);
});

it('puts the best first', () => {
  expect(isDescendingFirst('metric:auc', fields)).toBe(true);
  expect(isDescendingFirst('metric:rmse', fields)).toBe(false);
  expect(isDescendingFirst('started_at', fields)).toBe(true);
  const first = pressed(null, 'metric:auc', true);
  const second = pressed(first, 'metric:auc', true);
  expect([first?.descending, second?.descending]).toEqual([true, false]);
  expect(pressed(second, 'metric:auc', true)).toBeNull();
  expect(checkSort({ column: 1 })).toBeUndefined();
});
