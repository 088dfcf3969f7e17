import { expect, it } from 'vitest';
import { alignPipelines, type Stage } from '../../lib/alignPipelines';
import { idsOf, withReference } from './modelIds';
import { estimatorOf, paramRows } from './params';
import { wordsOf } from './RowName';
import { bestOf, rowOf, type Row } from './rows';
import { summary, type Compared } from './summary';
import { weightKind, weightRows, type Feature } from './weights';

const stage = (
  name: string,
  params: Record<string, string>,
  model: string | null = 'm',
): Stage => ({
  path: '0',
  depth: 0,
  stage_index: 0,
  model_id: model,
  class: `org.apache.spark.ml.${name}`,
  params,
  changed_params: params,
  input_columns: ['a'],
  output_columns: ['b'],
});

const metric = (name: string, numbers: (number | null)[], larger: boolean | null = true): Row =>
  rowOf({
    aspect: 'metric',
    name,
    values: numbers.map((value) => (value === null ? null : String(value))),
    numbers,
    same: false,
    larger_is_better: larger,
  });

it('takes ids once each, and ten at most', () => {
  expect(idsOf('a, b,,a')).toEqual({ ids: ['a', 'b'], left: [] });
  const { ids, left } = idsOf(Array.from({ length: 12 }, (_, i) => i).join(','));
  expect(ids).toHaveLength(10);
  expect(left).toEqual(['10', '11']);
  expect(withReference(['a', 'b', 'c'], 'c')).toEqual(['c', 'a', 'b']);
});

it('knows the best by the direction of the metric', () => {
  expect(bestOf([0.1, 0.3, 0.3], true)).toEqual([1, 2]);
  expect(bestOf([0.1, 0.3, undefined], false)).toEqual([0]);
  expect(bestOf([0.1, NaN], true)).toEqual([]);
  expect(bestOf([1, 1], true)).toEqual([]);
  expect(bestOf([1, 2], null)).toEqual([]);
  expect(metric('objectiveHistory (last step)', [1, 2], false).best).toEqual([]);
});

it('tells a slice apart from its metric', () => {
  const row = metric("auc where (carrier = 'AA')", [1, 2]);
  expect([row.name, row.detail]).toEqual(['auc', "where carrier = 'AA'"]);
});

it('compares what two families share by its name', () => {
  const pipelines = [
    {
      model_id: 'a',
      stages: [
        stage('Imputer', { strategy: 'mean' }),
        stage('Forest', { maxDepth: '5', trees: '10' }),
      ],
    },
    {
      model_id: 'b',
      stages: [stage('Imputer', { strategy: 'median' }), stage('Tree', { maxDepth: '6' })],
    },
  ];
  const rows = paramRows(pipelines, alignPipelines(pipelines).rows);
  const shown = rows.map(({ name, detail, values }) => [name, detail, ...values]);
  expect(shown).toContainEqual(['maxDepth', undefined, '5', '6']);
  expect(shown).toContainEqual(['trees', undefined, '10', null]);
  expect(shown).toContainEqual(['strategy', 'of Imputer', 'mean', 'median']);
});

it('takes the last stage that learnt for the estimator', () => {
  const stages = [stage('Forest', {}), stage('IndexToString', {}, null)];
  expect(estimatorOf({ model_id: 'a', stages })?.class).toBe('org.apache.spark.ml.Forest');
});

const compared: Compared = {
  names: ['Forest', 'Tree'],
  metrics: [
    metric('auc', [0.7, 0.5]),
    metric('rmse', [4, 3], false),
    metric('auc where (a = 1)', [0.4, 0.5]),
  ],
  params: [],
  data: [],
  columns: [],
  stages: [],
  families: ['x.Forest', 'x.Tree'],
  estimators: [],
};

it('says in words what differs and which is better', () => {
  expect(summary(compared)).toEqual([
    'They differ in family (Forest and Tree).',
    'The first is better on auc by 0.2; the second on rmse by 1.',
    'But where a = 1 the second is better on auc by 0.1.',
  ]);
  const alike = { ...compared, families: ['x.Tree', 'x.Tree'], metrics: [] };
  const data = (...values: (string | null)[]) =>
    rowOf({
      aspect: 'data',
      name: 'fingerprint',
      values,
      numbers: [null, null],
      same: values[0] === values[1],
    });
  expect(summary({ ...alike, data: [data('f', 'f')] })).toEqual([
    'They were built in the same way from the same data.',
  ]);
  const unknown = ['They were built in the same way; whether from the same data is not known.'];
  expect(summary(alike)).toEqual(unknown);
  expect(summary({ ...alike, data: [data('f', null)] })).toEqual(unknown);
  const a = stage('Assembler', {});
  const { rows: stages } = alignPipelines([
    { model_id: 'a', stages: [a] },
    { model_id: 'b', stages: [{ ...a, input_columns: ['x'] }] },
  ]);
  expect(summary({ ...alike, stages, data: [data('f', 'f')] })).toEqual([
    'They differ in the columns of 1 stage. Their data is the same.',
  ]);
});

it('names the best of many', () => {
  const three = {
    ...compared,
    names: ['a', 'b', 'c'],
    metrics: [metric('auc', [0.7, 0.5, 0.6])],
  };
  expect(summary(three)[1]).toBe('The best is a on auc (0.7).');
});

it('weighs features within each model', () => {
  const feature = (name: string, coefficient: number, position = 0): Feature => ({
    position,
    name,
    coefficient,
  });
  const models = [
    [feature('x', -2), feature('y', 1), feature('(intercept)', 9, -1)],
    [feature('y', 8)],
  ];
  expect(weightRows(models)).toEqual([
    { name: 'x', weights: [-2, undefined], shares: [1, 0] },
    { name: 'y', weights: [1, 8], shares: [0.5, 1] },
  ]);
  expect(weightKind(models[0] ?? [])).toBe('coefficients');
  expect(weightKind([])).toBeUndefined();
});

it('breaks names between words', () => {
  expect(wordsOf('areaUnderROC')).toEqual(['area', 'Under', 'ROC']);
  expect(wordsOf('wind_speed.x')).toEqual(['wind_', 'speed.', 'x']);
  expect(wordsOf('rmse')).toEqual(['rmse']);
});
