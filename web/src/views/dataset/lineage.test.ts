import { expect, it } from 'vitest';
import { bare, toLineage } from './lineage';
import type { Dataset, Detail, Learner } from './types';

function dataset(dataset_id: string, name?: string): Dataset {
  return { dataset_id, name: name ?? null, run_id: 'r', project: 'p' };
}

function learner(model_id: string, role: string): Learner {
  return { model_id, role, run_id: 'r', estimator: 'org.acme.Forest' };
}

const step = (from: string, to: string, operation: string, detail: string | null = null) => ({
  from_kind: 'dataset',
  from_id: from,
  to_kind: to.startsWith('m-') ? 'model' : 'dataset',
  to_id: to,
  operation,
  detail,
});

const detail: Detail = {
  dataset: dataset('train'),
  steps: [
    step('file', 'read', 'read', 'csv'),
    step('read', 'narrow', 'select', 'a, b'),
    step('narrow', 'good', 'filter', '((a > 1) AND (b > 1))'),
    step('good', 'train', 'split', '[0.0, 0.8) seed 42'),
    step('train', 'made', 'transform'),
    step('made', 'm-stage', 'fit'),
    step('train', 'm-top', 'fit'),
    step('train', 'm-top', 'fit'),
    step('train', 'scored', 'transform'),
  ],
  related: ['file', 'read', 'narrow', 'good', 'made', 'scored'].map((id) =>
    dataset(id, id === 'file' ? 's3://b/flights.csv' : undefined),
  ),
  models: [learner('m-top', 'top'), learner('m-stage', 'stage')],
  profile: [],
  notes: [],
};

it('keeps in the short form what says which rows there are, and models that were asked for', () => {
  const { nodes, edges, hidden } = toLineage(detail, false);
  expect(nodes.map(({ id }) => id).sort()).toEqual(['file', 'good', 'm-top', 'train']);
  expect(nodes.find(({ isCurrent }) => isCurrent)?.id).toBe('train');
  expect(edges).toEqual([
    {
      from: 'file',
      to: 'good',
      label: '(a > 1) AND (b > 1)',
      title: 'filter: ((a > 1) AND (b > 1))',
    },
    { from: 'good', to: 'train', label: '[0.0, 0.8) seed 42', title: 'split: [0.0, 0.8) seed 42' },
    { from: 'train', to: 'm-top' },
  ]);
  expect(hidden).toBe(5);
});

it('has everything in the whole form, once', () => {
  const { nodes, edges } = toLineage(detail, true);
  expect(nodes).toHaveLength(9);
  expect(edges).toHaveLength(8);
  expect(nodes.find(({ id }) => id === 'file')?.label).toBe('flights.csv');
  expect(nodes.find(({ id }) => id === 'm-top')?.label).toBe('Forest');
});

it('bears a circle and a dataset without steps', () => {
  const circle = { ...detail, steps: [step('a', 'b', 'select'), step('b', 'a', 'select')] };
  expect(toLineage(circle, false).nodes[0]?.id).toBe('train');
  expect(toLineage({ ...detail, steps: [] }, true).nodes).toHaveLength(1);
});

it('takes brackets off that go around everything', () => {
  expect(bare('((a) AND (b))')).toBe('(a) AND (b)');
  expect(bare('(a) AND (b)')).toBe('(a) AND (b)');
  expect(bare('[0.0, 0.8)')).toBe('[0.0, 0.8)');
});
