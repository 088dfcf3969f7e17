import { describe, expect, it } from 'vitest';
import { alignPipelines, withoutUids, type Stage } from './alignPipelines';

function stage(name: string, more: Partial<Stage> = {}): Stage {
  return {
    path: '0',
    depth: 0,
    stage_index: 0,
    class: `org.apache.spark.ml.${name}`,
    uid: `${name}_0123456789ab`,
    params: {},
    input_columns: ['a'],
    output_columns: ['b'],
    ...more,
  };
}

const align = (...pipelines: Stage[][]) =>
  alignPipelines(pipelines.map((stages, i) => ({ model_id: `m-${i}`, stages }))).rows;
const shape = (rows: ReturnType<typeof align>) =>
  rows.map((row) => [
    row.status,
    ...row.stages.map((cell) => cell?.class?.split('.').pop() ?? null),
  ]);

describe('alignPipelines', () => {
  it('puts equal stages into one row', () => {
    const rows = align(
      [stage('Indexer'), stage('LR')],
      [stage('Indexer', { uid: 'Indexer_ffffffffffff' }), stage('LR')],
    );
    expect(shape(rows)).toEqual([
      ['same', 'Indexer', 'Indexer'],
      ['same', 'LR', 'LR'],
    ]);
  });

  it('says what is missing, in order, for three pipelines', () => {
    const rows = align(
      [stage('Indexer'), stage('Scaler'), stage('LR')],
      [stage('Indexer'), stage('Forest')],
      [stage('Indexer'), stage('Imputer'), stage('Scaler'), stage('Forest')],
    );
    expect(shape(rows)).toEqual([
      ['same', 'Indexer', 'Indexer', 'Indexer'],
      ['missing', null, null, 'Imputer'],
      ['missing', 'Scaler', null, 'Scaler'],
      ['missing', 'LR', null, null],
      ['missing', null, 'Forest', 'Forest'],
    ]);
  });

  it('names parameters and columns that differ', () => {
    const [row] = align(
      [stage('LR', { params: { maxIter: '20', regParam: '0', onlyHere: null } })],
      [stage('LR', { params: { maxIter: '50', regParam: '0' }, input_columns: ['a', 'age'] })],
    );
    expect(row).toMatchObject({
      status: 'differs',
      differences: ['maxIter', 'onlyHere', 'input column age'],
    });
  });

  it('says once what columns and parameters both say', () => {
    const of = (column: string) =>
      stage('Scaler', { input_columns: [column], params: { inputCol: column } });
    expect(align([of('raw')], [of('vector')])[0]?.differences).toEqual([
      'input column raw',
      'input column vector',
    ]);
  });

  it('does not take uids for differences', () => {
    const of = (uid: string) =>
      stage('Indexer', {
        uid,
        output_columns: [`${uid}__output`],
        params: { outputCol: `${uid}__output` },
      });
    const [row] = align([of('Indexer_860373adfca4')], [of('Indexer_54acb3080846')]);
    expect(row).toMatchObject({ status: 'same', differences: [] });
  });

  it('sees that columns are in another order', () => {
    const of = (...columns: string[]) => stage('Assembler', { input_columns: columns });
    expect(align([of('a', 'b')], [of('b', 'a')])[0]?.differences).toEqual([
      'order of input columns',
    ]);
  });

  it('pairs the stages of one class that are most alike', () => {
    const scale = (column: string) => stage('Scaler', { output_columns: [column] });
    const rows = align([scale('x'), scale('y')], [scale('y')]);
    expect(shape(rows)).toEqual([
      ['missing', 'Scaler', null],
      ['same', 'Scaler', 'Scaler'],
    ]);
  });

  it('takes a model for what its estimator makes', () => {
    const classes = ['LogisticRegression', 'GBTClassifier', 'GBTRegressor', 'KMeans'];
    const models = ['LogisticRegressionModel', 'GBTClassificationModel', 'GBTRegressionModel'];
    const rows = align(
      classes.map((name) => stage(name)),
      [...models, 'KMeansModel'].map((name) => stage(name)),
    );
    expect(rows.map(({ status }) => status)).toEqual(['same', 'same', 'same', 'same']);
  });

  it('compares nothing that is not known', () => {
    const [row] = align(
      [stage('LR', { params: null, input_columns: null })],
      [stage('LR', { params: { maxIter: '5' } })],
    );
    expect(row?.status).toBe('same');
  });

  it('stands one pipeline, none, and empty ones', () => {
    expect(align()).toEqual([]);
    expect(align([], [])).toEqual([]);
    expect(shape(align([stage('LR')]))).toEqual([['same', 'LR']]);
    expect(shape(align([], [stage('LR')]))).toEqual([['missing', null, 'LR']]);
  });
});

it('withoutUids leaves other text alone', () => {
  expect(withoutUids('raw StringIndexer_860373adfca4__output a_b carrier_1')).toBe(
    'raw <uid>__output a_b carrier_1',
  );
});
