import { expect, it } from 'vitest';
import { depthFor, questionOf, treeGraph, type TreeNode } from './treeGraph';

const node = (id: number, parent: number | null, more: Partial<TreeNode> = {}): TreeNode => ({
  tree: 0,
  node: id,
  parent,
  side: id % 2 === 1 ? 'left' : 'right',
  ...more,
});
const split = { feature: 3, feature_name: 'wind', threshold: 12.5, count: 100 };
const tree = [
  node(0, null, { ...split, count: 200 }),
  node(1, 0, split),
  node(2, 0, { prediction: 1, count: 100 }),
  node(3, 1, { prediction: 0, count: 40 }),
  node(4, 1, { prediction: 1, count: 60 }),
];

it('asks at splits and answers at leaves', () => {
  const { nodes, edges, depth, hidden } = treeGraph(tree, 9, true);
  expect(nodes[0]).toMatchObject({ label: 'wind ≤ 12.5', detail: '200 rows, 100 %' });
  expect(nodes[2]).toMatchObject({ label: '→ 1', detail: '100 rows, 50 %', category: 2 });
  expect(edges[0]).toEqual({ from: '0', to: '1', label: 'yes' });
  expect(edges[1]?.label).toBe('no');
  expect([depth, hidden]).toEqual([2, 0]);
});

it('draws as deep as it is told', () => {
  const { nodes, hidden, shownDepth } = treeGraph(tree, 1, true);
  expect(nodes.map(({ label }) => label)).toEqual(['wind ≤ 12.5', 'wind ≤ 12.5 …', '→ 1']);
  expect([hidden, shownDepth]).toEqual([2, 1]);
  expect(depthFor(tree, 4)).toBe(1);
  expect(depthFor(tree, 50)).toBe(2);
  expect(depthFor([], 50)).toBe(0);
});

it('tells categories, and features without a name', () => {
  expect(questionOf(node(0, null, { feature: 2, categories: [1, 4] }))).toBe('feature 2 in {1, 4}');
});
