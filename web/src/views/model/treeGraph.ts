// A decision tree as nodes and edges to draw.

import type { components } from '../../api/schema';
import type { GraphEdge, GraphNode } from '../../components/graph/types';
import { formatInteger, formatNumber } from '../../lib/format';
import { toFinite, toNumber } from '../../lib/numbers';

export type TreeNode = components['schemas']['Node'];

export interface TreeGraph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  depth: number;
  /** Levels that are drawn, the root's being 0. */
  shownDepth: number;
  hidden: number;
}

/** The largest depth at which so many nodes are at most as deep. */
export function depthFor(tree: readonly TreeNode[], max: number): number {
  const depths = [...depthsOf(tree).values()].sort((a, b) => a - b);
  if (depths.length <= max) return depths.at(-1) ?? 0;
  return Math.max(1, (depths[max] ?? 1) - 1);
}

export function treeGraph(
  tree: readonly TreeNode[],
  maxDepth: number,
  isClassifier: boolean,
): TreeGraph {
  const depths = depthsOf(tree);
  const depthOf = ({ node }: TreeNode) => depths.get(node) ?? 0;
  const shown = tree.filter((node) => depthOf(node) <= maxDepth);
  const total = toFinite(tree[0]?.count);
  const cut = new Set(
    tree.filter((node) => depthOf(node) === maxDepth + 1).map(({ parent }) => parent),
  );
  const deepest = tree.reduce((most, node) => Math.max(most, depthOf(node)), 0);
  return {
    nodes: shown.map((node) => toNode(node, { total, isClassifier, isCut: cut.has(node.node) })),
    edges: shown.flatMap((node) => {
      const { parent, side } = node;
      if (parent === null || parent === undefined) return [];
      const label = side === 'left' ? 'yes' : 'no';
      return [{ from: String(parent), to: String(node.node), label }];
    }),
    depth: deepest,
    shownDepth: Math.min(deepest, maxDepth),
    hidden: tree.length - shown.length,
  };
}

function depthsOf(tree: readonly TreeNode[]): Map<number, number> {
  const depths = new Map<number, number>();
  // Parents come first.
  for (const { node, parent } of tree) {
    const above = parent === null || parent === undefined ? undefined : depths.get(parent);
    depths.set(node, above === undefined ? 0 : above + 1);
  }
  return depths;
}

interface Context {
  total: number | undefined;
  isClassifier: boolean;
  isCut: boolean;
}

function toNode(node: TreeNode, { total, isClassifier, isCut }: Context): GraphNode {
  const isLeaf = node.feature === null || node.feature === undefined;
  const rows = rowsText(toFinite(node.count), total);
  if (!isLeaf) {
    return {
      id: String(node.node),
      label: `${questionOf(node)}${isCut ? ' …' : ''}`,
      ...(rows !== undefined && { detail: rows }),
    };
  }
  const prediction = toNumber(node.prediction);
  const said = prediction === undefined ? 'leaf' : `→ ${formatNumber(prediction)}`;
  return {
    id: String(node.node),
    label: said,
    ...(rows !== undefined && { detail: rows }),
    // A class keeps its colour; of a regression any leaf is like another.
    category: categoryOf(isClassifier ? prediction : 2),
  };
}

/** `wind ≤ 12.5`, `carrier in {1, 4}`: who answers yes goes left. */
export function questionOf(node: TreeNode): string {
  const feature = node.feature_name ?? `feature ${node.feature ?? '?'}`;
  const categories = node.categories?.map((category) => formatNumber(toNumber(category) ?? NaN));
  if (categories && categories.length > 0) return `${feature} in {${categories.join(', ')}}`;
  const threshold = toNumber(node.threshold);
  return threshold === undefined ? feature : `${feature} ≤ ${formatNumber(threshold)}`;
}

function rowsText(count: number | undefined, total: number | undefined): string | undefined {
  if (count === undefined) return undefined;
  const rows = `${Number.isInteger(count) ? formatInteger(count) : formatNumber(count)} rows`;
  if (total === undefined || total <= 0) return rows;
  return `${rows}, ${formatNumber((count / total) * 100, 2)} %`;
}

const CATEGORIES = [1, 2, 3, 4, 5, 6, 7, 8] as const;

function categoryOf(prediction: number | undefined): (typeof CATEGORIES)[number] {
  const at = prediction !== undefined && prediction >= 0 ? Math.floor(prediction) : 7;
  return CATEGORIES[at % CATEGORIES.length] ?? 8;
}
