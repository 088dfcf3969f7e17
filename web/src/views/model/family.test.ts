import { expect, it } from 'vitest';
import { familyOf, namer } from './family';
import type { Model, ModelDetail } from './useModel';

const model = (id: string, more: Partial<Model>): Model => ({
  model_id: id,
  project: 'p',
  run_id: 'r',
  ...more,
});
const detail = (of: Model, more: Partial<ModelDetail> = {}): ModelDetail => ({
  model: of,
  stages: [],
  params: [],
  metrics: [],
  history: [],
  features: [],
  trees: 0,
  candidates: [],
  inside: [],
  artifacts: [],
  ancestry: [],
  notes: [],
  attributes: [],
  ...more,
});
const stage = (path: string, name: string, id: string) => ({
  path,
  depth: path.split('.').length - 1,
  stage_index: 0,
  class: name,
  model_id: id,
});

const pipeline = detail(model('m', { kind: 'pipeline', estimator: 'Pipeline' }), {
  stages: [stage('0', 'Indexer', 'a'), stage('1', 'Pipeline', 'b'), stage('1.0', 'LR', 'c')],
});
const search = detail(model('s', { kind: 'search', estimator: 'CrossValidator' }), {
  inside: [
    model('f', { role: 'fold', estimator: 'LR' }),
    model('b', { role: 'best', estimator: 'LR' }),
  ],
});

it('names a model by what it ends in', () => {
  expect(familyOf(pipeline, undefined)).toBe('Pipeline');
  expect(familyOf(pipeline, search)).toBe('LR');
  expect(familyOf(search, undefined)).toBe('LR');
  expect(familyOf(detail(model('e', { kind: 'estimator', estimator: 'KMeans' })), undefined)).toBe(
    'KMeans',
  );
  expect(familyOf(detail(model('x', { kind: 'search', estimator: 'CV' })), undefined)).toBe('CV');
});

it('names the models of curves', () => {
  const name = namer(pipeline);
  expect(['a', 'm', '?'].map(name)).toEqual(['Indexer', 'Pipeline', '?']);
});
