// The steps around a dataset as a graph of plain ids, and what of it is worth a first look.

import { ownName } from '../../lib/datasetName';
import type { Dataset, Learner, Step } from './types';

export interface Edge {
  from: string;
  to: string;
  operation: string | undefined;
  detail: string | undefined;
}

export interface StepGraph {
  datasets: Set<string>;
  models: Set<string>;
  edges: Edge[];
}

export function toStepGraph(current: string, steps: readonly Step[]): StepGraph {
  const graph: StepGraph = { datasets: new Set([current]), models: new Set(), edges: [] };
  const known = new Set<string>();
  for (const step of steps) {
    const { from_id: from, to_id: to } = step;
    if (!from || !to) continue;
    (step.from_kind === 'model' ? graph.models : graph.datasets).add(from);
    (step.to_kind === 'model' ? graph.models : graph.datasets).add(to);
    const key = JSON.stringify([from, to, step.operation, step.detail]);
    if (known.has(key)) continue;
    known.add(key);
    const { operation, detail } = step;
    graph.edges.push({ from, to, operation: operation ?? undefined, detail: detail ?? undefined });
  }
  return graph;
}

/** Steps that change how a dataset looks and not which rows it has. */
const PLAIN = new Set(['select', 'transform', 'read', 'project', 'persist', 'cache']);
/** Models that somebody asked for; the others are parts of them. */
const ASKED_FOR = new Set(['top', 'best']);

interface Known {
  current: string;
  datasets: ReadonlyMap<string, Dataset>;
  learners: ReadonlyMap<string, Learner>;
}

/** Without parts of models, without what leads to nothing, and without steps that only reshape. */
export function shorten(graph: StepGraph, known: Known): StepGraph {
  const models = new Set([...graph.models].filter((id) => isAskedFor(id, known)));
  let edges = graph.edges.filter(({ to }) => !graph.models.has(to) || models.has(to));
  edges = withoutDeadEnds(edges, (id) => models.has(id) || isLandmark(id, known));
  edges = contract(edges, (id) => models.has(id) || isLandmark(id, known));
  const datasets = new Set([known.current]);
  for (const { from, to } of edges) {
    for (const id of [from, to]) if (!graph.models.has(id)) datasets.add(id);
  }
  return { datasets, models, edges };
}

function isAskedFor(id: string, { learners }: Known): boolean {
  const role = learners.get(id)?.role;
  return role === undefined || role === null || ASKED_FOR.has(role);
}

function isLandmark(id: string, { current, datasets }: Known): boolean {
  const dataset = datasets.get(id);
  if (id === current || !dataset) return id === current;
  // Of stages there may be a sample each, and none of them is a place to go to.
  const isSampled = dataset.sample_role === 'train' || dataset.sample_role === 'test';
  return isSampled || ownName(dataset) !== undefined;
}

function withoutDeadEnds(edges: Edge[], isEnd: (id: string) => boolean): Edge[] {
  const reached = new Set<string>();
  const into = groupBy(edges, ({ to }) => to);
  const waiting = [...new Set(edges.map(({ to }) => to))].filter(isEnd);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    for (const { from } of into.get(id) ?? []) waiting.push(from);
  }
  return edges.filter(({ to }) => reached.has(to));
}

/** A plain step with one origin goes: what came of it comes of its origin. */
function contract(edges: Edge[], isKept: (id: string) => boolean): Edge[] {
  const into = groupBy(edges, ({ to }) => to);
  const originOf = (id: string): string => {
    let at = id;
    const seen = new Set<string>();
    while (!isKept(at) && !seen.has(at)) {
      seen.add(at);
      const [only, ...others] = into.get(at) ?? [];
      if (!only || others.length > 0 || !PLAIN.has(only.operation ?? '')) break;
      at = only.from;
    }
    return at;
  };
  const unique = new Map<string, Edge>();
  for (const edge of edges) {
    if (originOf(edge.to) !== edge.to) continue;
    const moved = { ...edge, from: originOf(edge.from) };
    unique.set(JSON.stringify([moved.from, moved.to, moved.operation, moved.detail]), moved);
  }
  return [...unique.values()];
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
