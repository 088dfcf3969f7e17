import { expect, it } from 'vitest';
import { commonestMetrics, defaultColumns } from './defaultColumns';
import { field } from '../../query/testField';

const fields = [
  field('metric:rmse', { models: 2 }),
  field('metric:auc', { models: 9 }),
  field('metric:objectiveHistory', { models: 20, training: true }),
  field('metric:accuracy', { models: 3 }),
  field('param:inputCols', { changed: 12, values: 3 }),
  field('param:strategy', { changed: 9, values: 2 }),
  field('param:maxIter', { changed: 4, values: 3, kind: 'number' }),
  field('param:regParam', { changed: 6, values: 5, kind: 'number' }),
  field('param:tol', { changed: 0, values: 1, kind: 'number' }),
  field('param:seed', { changed: 8, values: 8, kind: 'number' }),
];

it('shows the commonest metrics and the parameters that are turned', () => {
  expect(defaultColumns(fields, true)).toEqual([
    'model_id',
    'family',
    'status',
    'metric:auc',
    'metric:accuracy',
    'param:regParam',
    'param:maxIter',
    'param:strategy',
    'run',
    'started_at',
  ]);
});

it('tells projects apart where there are several', () => {
  expect(defaultColumns([], false)).toContain('project');
});

it('leaves out what a training tells of itself', () => {
  expect(commonestMetrics(fields)).toEqual(['metric:auc', 'metric:accuracy', 'metric:rmse']);
});
