// The nodes and edges of the graph on the screen.

import type { GraphEdge, GraphNode } from '../../components/graph/types';
import { formatNumber } from '../../lib/format';
import { siblingDelta } from './branches';
import { foldChains } from './fold';
import { dataDetail, workName } from './names';
import type { Work, WorkGraph } from './work';

const MODEL = 1;
const DATA = 5;

export interface Drawing {
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** Of folded chains their first work, by node. */
  chains: Map<string, string>;
}

export function drawGraph(
  graph: WorkGraph,
  metric: string,
  unfolded: ReadonlySet<string>,
): Drawing {
  const { chains, place } = foldChains(graph, unfolded);
  const nodes: GraphNode[] = [];
  const folded = new Set(chains.flatMap(({ members }) => members));
  for (const [id, work] of graph.works) {
    if (!folded.has(id)) nodes.push(nodeOf(graph, work, metric));
  }
  for (const { id, members } of chains) nodes.push(chainNode(graph, id, members));
  const edges = new Map<string, GraphEdge>();
  for (const [child, parents] of graph.parents) {
    const to = place.get(child);
    for (const parent of parents) {
      const from = place.get(parent);
      if (from && to && from !== to) edges.set(`${from} ${to}`, { from, to });
    }
  }
  return {
    nodes,
    edges: [...edges.values()],
    chains: new Map(chains.map(({ id, members }) => [id, members[0] ?? id])),
  };
}

function nodeOf(graph: WorkGraph, work: Work, metric: string): GraphNode {
  const { state } = work;
  const detail = state.kind === 'data' ? dataDetail(state) : measuredText(graph, work, metric);
  const category = state.kind === 'data' ? DATA : state.kind === 'fit' ? MODEL : undefined;
  return {
    id: state.state_id,
    label: workName(work),
    ...(detail !== undefined && { detail }),
    ...(category !== undefined && { category }),
  };
}

function measuredText(graph: WorkGraph, work: Work, metric: string): string | undefined {
  const { status } = work.state;
  if (status === 'failed' || status === 'running' || status === 'abandoned') return status;
  const measured = work.metrics.find(({ key }) => key === metric) ?? work.metrics[0];
  if (!measured) return undefined;
  const value = formatNumber(measured.value);
  const delta = siblingDelta(graph, work, measured.key);
  // The name last: it is what may be cut off.
  if (!delta) return `${value} ${measured.name}`;
  const arrow = delta.isBetter === undefined ? '' : delta.isBetter ? ' ▲' : ' ▼';
  return `${value} (${signed(delta.difference)}${arrow}) ${measured.name}`;
}

/** `+0.013`, `−2`, `±0`. */
export function signed(difference: number): string {
  if (difference === 0) return '±0';
  return difference > 0 ? `+${formatNumber(difference, 2)}` : formatNumber(difference, 2);
}

function chainNode(graph: WorkGraph, id: string, members: readonly string[]): GraphNode {
  const works = members.flatMap((member) => graph.works.get(member) ?? []);
  const kinds = new Map<string, number>();
  for (const { state } of works) {
    const kind = state.kind ?? 'step';
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const counts = [...kinds].map(([kind, count]) => `${count} ${kind}${count === 1 ? '' : 's'}`);
  return {
    id,
    label: `${counts.join(', ')}: unfold`,
    detail: works.map(workName).join(' → '),
  };
}
