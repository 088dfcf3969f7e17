// Where nodes and edges go. Pure, so that it can be tested and moved to a worker.

import { Graph, layout as dagre } from '@dagrejs/dagre';
import type { GraphEdge, GraphNode } from './types';

export interface Placed {
  node: GraphNode;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedEdge {
  edge: GraphEdge;
  path: string;
  /** The middle, for its label. */
  x: number;
  y: number;
}

export interface GraphLayout {
  width: number;
  height: number;
  nodes: Map<string, Placed>;
  edges: PlacedEdge[];
}

const CHARACTER_WIDTH = 8;
const MIN_WIDTH = 80;
const MAX_WIDTH = 220;
const MARGIN = 16;
/** Of a label on an edge, which is set smaller. */
const LABEL_CHARACTER_WIDTH = 6;
const LABEL_HEIGHT = 22;

/** Left to right. Edges to nodes that are not there are left out. */
export function layoutGraph(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): GraphLayout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 16, ranksep: 56, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, sizeOf(node));
  const known = edges.filter((edge) => graph.hasNode(edge.from) && graph.hasNode(edge.to));
  known.forEach((edge, i) => graph.setEdge(edge.from, edge.to, labelSize(edge), String(i)));
  dagre(graph);

  const placed = new Map<string, Placed>();
  for (const node of nodes) {
    const at = graph.node(node.id) as Omit<Placed, 'node'>;
    placed.set(node.id, { node, x: at.x, y: at.y, width: at.width, height: at.height });
  }
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    // Without a node dagre gives −∞.
    width: Math.max(0, width),
    height: Math.max(0, height),
    nodes: placed,
    edges: known.map((edge, i) => {
      const at = graph.edge(edge.from, edge.to, String(i)) as { points: Point[] } & Partial<Point>;
      const { points } = at;
      const middle =
        at.x !== undefined && at.y !== undefined
          ? { x: at.x, y: at.y }
          : (points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 });
      return { edge, path: smooth(points), x: middle.x, y: middle.y };
    }),
  };
}

function sizeOf(node: GraphNode): { width: number; height: number } {
  const characters = Math.max(node.label.length, (node.detail?.length ?? 0) * 0.9);
  const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, characters * CHARACTER_WIDTH + 28));
  return { width, height: node.detail === undefined ? 34 : 50 };
}

/** A label gets room, so that it does not run into the nodes at its ends. */
function labelSize(edge: GraphEdge): object {
  if (edge.label === undefined) return {};
  const width = edge.label.length * LABEL_CHARACTER_WIDTH;
  return { width, height: LABEL_HEIGHT, labelpos: 'c' };
}

interface Point {
  x: number;
  y: number;
}

/** A curve through the middles of the segments. */
function smooth(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.pop();
  if (!first || !last) return '';
  let path = `M${at(first)}`;
  rest.forEach((point, i) => {
    const next = rest[i + 1];
    const end = next ? { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 } : last;
    path += `Q${at(point)} ${at(end)}`;
  });
  return rest.length === 0 ? `${path}L${at(last)}` : path;
}

function at({ x, y }: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

/**
 * The node that an arrow key leads to: left and right along edges to the nearest in height, up and
 * down within a column.
 */
export function neighbour(graph: GraphLayout, id: string, key: string): string | undefined {
  const here = graph.nodes.get(id);
  if (!here) return undefined;
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const sign = key === 'ArrowUp' ? -1 : 1;
    const ahead = [...graph.nodes.values()].filter(
      (other) => Math.abs(other.x - here.x) < MAX_WIDTH / 2 && (other.y - here.y) * sign > 1,
    );
    return nearest(ahead, here);
  }
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined;
  const ends = graph.edges.flatMap(({ edge }) => {
    if (key === 'ArrowRight') return edge.from === id ? [edge.to] : [];
    return edge.to === id ? [edge.from] : [];
  });
  return nearest(
    ends.flatMap((end) => graph.nodes.get(end) ?? []),
    here,
  );
}

function nearest(candidates: readonly Placed[], here: Placed): string | undefined {
  let best: Placed | undefined;
  for (const candidate of candidates) {
    if (!best || Math.abs(candidate.y - here.y) < Math.abs(best.y - here.y)) best = candidate;
  }
  return best?.node.id;
}
