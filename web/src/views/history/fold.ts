// Chains of steps of which nothing branches are one node, until somebody unfolds them.

import type { WorkGraph } from './work';

export interface Chain {
  /** The id of its first work. */
  id: string;
  members: string[];
}

export interface Folded {
  chains: Chain[];
  /** Where each work is drawn: itself, or the chain that it is in. */
  place: Map<string, string>;
}

const MIN_LENGTH = 2;

export const chainId = (first: string) => `chain ${first}`;

export function foldChains(graph: WorkGraph, unfolded: ReadonlySet<string>): Folded {
  const place = new Map<string, string>();
  const chains: Chain[] = [];
  for (const id of graph.works.keys()) place.set(id, id);
  for (const id of graph.works.keys()) {
    if (!isStep(graph, id)) continue;
    const [parent] = graph.parents.get(id) ?? [];
    // Only where a chain begins.
    if (parent !== undefined && isStep(graph, parent)) continue;
    const members = [id];
    for (;;) {
      const [next] = graph.children.get(members.at(-1) ?? '') ?? [];
      if (next === undefined || !isStep(graph, next)) break;
      members.push(next);
    }
    if (members.length < MIN_LENGTH || unfolded.has(id)) continue;
    const chain = { id: chainId(id), members };
    chains.push(chain);
    for (const member of members) place.set(member, chain.id);
  }
  return { chains, place };
}

/** One way in, one way out, and nothing that somebody looks for. */
function isStep({ works, parents, children }: WorkGraph, id: string): boolean {
  const work = works.get(id);
  if (!work || work.state.kind === 'data') return false;
  if (work.metrics.length > 0 || work.outer.length > 0) return false;
  if (work.state.status === 'failed' || work.state.status === 'running') return false;
  return parents.get(id)?.length === 1 && children.get(id)?.length === 1;
}
