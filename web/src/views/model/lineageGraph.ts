// How a model came to be, from the files on, as nodes and edges to draw.

import type { components } from '../../api/schema';
import type { GraphEdge, GraphNode } from '../../components/graph/types';
import { to } from '../../lib/links';
import { baseName, shortClass } from '../../lib/names';

export type Ancestor = components['schemas']['Ancestor'];

/** Laying out more takes too long; the sources and the nearest steps matter most. */
export const MAX_NODES = 300;
const MAX_TEXT = 160;

export interface LineageGraph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  sources: string[];
  hidden: number;
}

export function lineageGraph(ancestry: readonly Ancestor[], project: string): LineageGraph {
  const shown = nearest(ancestry);
  return {
    nodes: shown.flatMap((step) => toNode(step, project)),
    edges: shown.flatMap(({ id, parents }) =>
      id ? (parents ?? []).map((parent) => ({ from: parent, to: id })) : [],
    ),
    sources: [...new Set(ancestry.flatMap(({ source_uris }) => source_uris ?? []))],
    hidden: ancestry.length - shown.length,
  };
}

function nearest(ancestry: readonly Ancestor[]): readonly Ancestor[] {
  if (ancestry.length <= MAX_NODES) return ancestry;
  const isSource = ({ parents }: Ancestor) => (parents?.length ?? 0) === 0;
  const weight = (step: Ancestor) => (isSource(step) ? -1 : (step.steps_back ?? 0));
  const kept = new Set([...ancestry].sort((a, b) => weight(a) - weight(b)).slice(0, MAX_NODES));
  return ancestry.filter((step) => kept.has(step));
}

function toNode(step: Ancestor, project: string): GraphNode[] {
  const { id, kind, name, operation, detail } = step;
  if (!id) return [];
  const isModel = kind === 'model';
  const isSource = (step.parents?.length ?? 0) === 0;
  const label = isModel
    ? shortClass(name ?? 'model')
    : isSource
      ? baseName(name ?? step.source_uris?.[0] ?? 'data')
      : (operation ?? name ?? 'step');
  const more = isSource && !isModel ? name : (detail ?? (isModel ? operation : name));
  return [
    {
      id,
      label: label.slice(0, MAX_TEXT),
      ...(more && more !== label && { detail: more.slice(0, MAX_TEXT) }),
      href: isModel ? to.model(id, project) : to.dataset(id, project),
      category: isModel ? 2 : isSource ? 3 : 1,
    },
  ];
}
