// Where the work branched, what each branch changed, and what that did to the metric.

import { changesOf, deltaOf, type Change, type Delta } from './differ';
import type { Measured } from './states';
import type { Work, WorkGraph } from './work';

export interface Branch {
  /** The first work of the branch. */
  head: Work;
  /** The best value on the branch, and where it is. */
  best: { work: Work; measured: Measured } | undefined;
  /** The branch that it is told against; `undefined` for the first. */
  against: Work | undefined;
  changes: Change[];
  delta: Delta | undefined;
  models: number;
}

export interface Fork {
  at: Work;
  branches: Branch[];
}

/** The newest fork first; in each the oldest branch first, against which the others are told. */
export function findForks(graph: WorkGraph, metric: string): Fork[] {
  const ends = new Map<string, Map<string, Best>>();
  const forks: Fork[] = [];
  for (const [id, children] of graph.children) {
    const at = graph.works.get(id);
    if (!at || children.length < 2) continue;
    const heads = children.flatMap((child) => graph.works.get(child) ?? []).sort(older);
    const branches: Branch[] = [];
    for (const head of heads) branches.push(makeBranch(graph, head, branches, metric, ends));
    forks.push({ at, branches });
  }
  return forks.sort((a, b) => last(b).localeCompare(last(a)));
}

type Best = { work: Work; measured: Measured };

function makeBranch(
  graph: WorkGraph,
  head: Work,
  earlier: readonly Branch[],
  metric: string,
  ends: Map<string, Map<string, Best>>,
): Branch {
  const own = bestOf(graph, head, ends);
  // A branch of the same class differs by parameters, which says more than another class.
  const same = earlier.findLast((branch) => branch.head.state.class === head.state.class);
  const base = same ?? earlier[0];
  const theirs = base && bestOf(graph, base.head, ends);
  const shared =
    theirs && (own.has(metric) && theirs.has(metric) ? metric : firstShared(own, theirs));
  const best = own.get(shared ?? metric) ?? [...own.values()][0];
  const other = shared === undefined ? undefined : theirs?.get(shared);
  return {
    head,
    best,
    against: base?.head,
    changes: base ? changesOf(base.head.state, head.state) : [],
    delta: best && other ? deltaOf(other.measured, best.measured) : undefined,
    models: own.size === 0 ? 0 : new Set([...own.values()].map(({ work }) => work)).size,
  };
}

function firstShared(a: ReadonlyMap<string, Best>, b: ReadonlyMap<string, Best>) {
  return [...a.keys()].find((key) => b.has(key));
}

/** The best value of each metric on a work and all that comes from it. */
function bestOf(
  graph: WorkGraph,
  head: Work,
  known: Map<string, Map<string, Best>>,
): Map<string, Best> {
  const id = head.state.state_id;
  const found = known.get(id);
  if (found) return found;
  const best = new Map<string, Best>();
  const seen = new Set<string>();
  const stack = [id];
  while (stack.length > 0) {
    const next = stack.pop() ?? '';
    if (seen.has(next)) continue;
    seen.add(next);
    const work = graph.works.get(next);
    for (const measured of work?.metrics ?? []) {
      const old = best.get(measured.key);
      if (work && (!old || isBetter(measured, old.measured))) {
        best.set(measured.key, { work, measured });
      }
    }
    stack.push(...(graph.children.get(next) ?? []));
  }
  known.set(id, best);
  return best;
}

function isBetter(a: Measured, b: Measured): boolean {
  return a.largerIsBetter === false ? a.value < b.value : a.value > b.value;
}

const older = (a: Work, b: Work) => (a.state.first_at ?? '').localeCompare(b.state.first_at ?? '');

function last({ branches }: Fork): string {
  return branches.reduce((newest, { head }) => {
    const at = head.state.first_at ?? '';
    return at > newest ? at : newest;
  }, '');
}

/** The metrics of a graph, those of most works first, without a slice before with one. */
export function metricsOf(graph: WorkGraph): Measured[] {
  const counts = new Map<string, { measured: Measured; count: number }>();
  for (const { metrics } of graph.works.values()) {
    for (const measured of metrics) {
      const old = counts.get(measured.key);
      if (old) old.count += 1;
      else counts.set(measured.key, { measured, count: 1 });
    }
  }
  const sliced = ({ slice }: Measured) => (slice === null ? 0 : 1);
  return [...counts.values()]
    .sort((a, b) => sliced(a.measured) - sliced(b.measured) || b.count - a.count)
    .map(({ measured }) => measured);
}

/** Of a work with the metric, how it changed against its oldest sibling that has it. */
export function siblingDelta(graph: WorkGraph, work: Work, metric: string): Delta | undefined {
  const own = work.metrics.find(({ key }) => key === metric);
  if (!own) return undefined;
  const parents = graph.parents.get(work.state.state_id) ?? [];
  const siblings = parents
    .flatMap((parent) => graph.children.get(parent) ?? [])
    .flatMap((id) => graph.works.get(id) ?? [])
    .sort(older);
  for (const sibling of siblings) {
    if (sibling === work) return undefined;
    const theirs = sibling.metrics.find(({ key }) => key === metric);
    if (theirs) return deltaOf(theirs, own);
  }
  return undefined;
}
