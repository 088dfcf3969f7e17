import { expect, it } from 'vitest';
import { lineageGraph, MAX_NODES, type Ancestor } from './lineageGraph';

const step = (position: number, more: Partial<Ancestor>): Ancestor => ({
  position,
  kind: 'dataset',
  id: `d-${position}`,
  parents: [],
  ...more,
});

it('names files, steps and models', () => {
  const { nodes, edges, sources } = lineageGraph(
    [
      step(0, { name: 'file:/data/flights.csv', source_uris: ['file:/data/flights.csv'] }),
      step(1, { operation: 'filter', detail: '(x > 1)', parents: ['d-0'] }),
      step(2, {
        kind: 'model',
        id: 'm-1',
        name: 'org.apache.spark.ml.Pipeline',
        operation: 'fit',
        parents: ['d-1'],
      }),
    ],
    'p',
  );
  expect(nodes.map(({ label, detail }) => [label, detail])).toEqual([
    ['flights.csv', 'file:/data/flights.csv'],
    ['filter', '(x > 1)'],
    ['Pipeline', 'fit'],
  ]);
  expect(nodes.map(({ href }) => href?.split('?')[0])).toEqual([
    '/datasets/d-0',
    '/datasets/d-1',
    '/models/m-1',
  ]);
  expect(edges).toEqual([
    { from: 'd-0', to: 'd-1' },
    { from: 'd-1', to: 'm-1' },
  ]);
  expect(sources).toEqual(['file:/data/flights.csv']);
});

it('keeps the sources and the nearest of very many', () => {
  const many = Array.from({ length: 1000 }, (_, i) =>
    step(i, { steps_back: 1000 - i, parents: i === 0 ? [] : [`d-${i - 1}`] }),
  );
  const { nodes, hidden } = lineageGraph(many, 'p');
  expect(nodes).toHaveLength(MAX_NODES);
  expect(hidden).toBe(1000 - MAX_NODES);
  expect([nodes[0]?.id, nodes.at(-1)?.id]).toEqual(['d-0', 'd-999']);
});
