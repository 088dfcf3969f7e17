import { expect, it } from 'vitest';
import { layoutGraph, neighbour } from './layout';

const node = (id: string) => ({ id, label: id });
const graph = layoutGraph(['data', 'a', 'b', 'model'].map(node), [
  { from: 'data', to: 'a' },
  { from: 'data', to: 'b' },
  { from: 'a', to: 'model' },
  { from: 'b', to: 'model' },
  { from: 'gone', to: 'model' },
]);

it('goes from left to right and leaves out what leads nowhere', () => {
  const x = (id: string) => graph.nodes.get(id)?.x ?? NaN;
  expect(x('data')).toBeLessThan(x('a'));
  expect(x('a')).toBeLessThan(x('model'));
  expect(graph.edges).toHaveLength(4);
});

it('moves along edges and within a column', () => {
  const next = neighbour(graph, 'data', 'ArrowRight') ?? '';
  expect(['a', 'b']).toContain(next);
  expect(neighbour(graph, next, 'ArrowLeft')).toBe('data');
  expect(neighbour(graph, 'model', 'ArrowRight')).toBeUndefined();
  expect([neighbour(graph, 'a', 'ArrowUp'), neighbour(graph, 'a', 'ArrowDown')]).toContain('b');
});

it('stands an empty graph, cycles and two edges between the same nodes', () => {
  expect(layoutGraph([], []).width).toBe(0);
  const cycle = layoutGraph(
    [node('a'), node('b')],
    [
      { from: 'a', to: 'b' },
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
      { from: 'a', to: 'a' },
    ],
  );
  expect(cycle.edges).toHaveLength(4);
});
