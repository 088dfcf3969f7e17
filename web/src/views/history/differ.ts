// What differs between two works.

import { shortClass } from '../../lib/names';
import type { Measured, State } from './states';
import type { Work, WorkGraph } from './work';
import { workName } from './names';

export interface Change {
  /** What it is a parameter of, where it is not the works themselves. */
  of?: string;
  name: string;
  from: string | null;
  to: string | null;
}

/** Other classes have other parameters, so of those only the class is told. */
export function changesOf(a: State, b: State): Change[] {
  if (a.class !== b.class) {
    return [{ name: 'class', from: shown(a.class), to: shown(b.class) }];
  }
  const [from, to] = [a.params ?? {}, b.params ?? {}];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return names
    .filter((name) => (from[name] ?? null) !== (to[name] ?? null))
    .map((name) => ({ name, from: from[name] ?? null, to: to[name] ?? null }));
}

const shown = (name: string | null | undefined) => (name == null ? null : shortClass(name));

export interface Delta {
  metric: Measured;
  from: number;
  to: number;
  difference: number;
  /** Whether `to` is better; `undefined` where it is equal, or no direction is known. */
  isBetter: boolean | undefined;
}

export function deltaOf(a: Measured, b: Measured): Delta {
  const difference = b.value - a.value;
  const isLarger = b.largerIsBetter ?? a.largerIsBetter;
  const isBetter = difference === 0 || isLarger === null ? undefined : difference > 0 === isLarger;
  return { metric: b, from: a.value, to: b.value, difference, isBetter };
}

export interface MetricPair {
  key: string;
  a: Measured | undefined;
  b: Measured | undefined;
  delta: Delta | undefined;
}

export interface Comparison {
  /** The last work that both come from. */
  common: string | undefined;
  changes: Change[];
  /** Steps that only one of them has. */
  onlyA: string[];
  onlyB: string[];
  metrics: MetricPair[];
}

export function compareWorks(graph: WorkGraph, a: Work, b: Work): Comparison {
  const [pathA, pathB] = [pathOf(graph, a), pathOf(graph, b)];
  const idsA = new Set(pathA.map(({ state }) => state.state_id));
  const shared = pathB.filter(({ state }) => idsA.has(state.state_id));
  const sharedIds = new Set(shared.map(({ state }) => state.state_id));
  const isOwn = ({ state }: Work) => !sharedIds.has(state.state_id);
  const { changes, onlyA, onlyB } = pairSteps(pathA.filter(isOwn), pathB.filter(isOwn));
  // The ends are compared even if one of them leads to the other.
  const ends = changesOf(a.state, b.state);
  const isPaired = ends.length === 0 || changes.some((change) => change.of === undefined);
  return {
    common: shared.at(-1)?.state.state_id,
    changes: isPaired ? changes : [...ends, ...changes],
    onlyA,
    onlyB,
    metrics: pairMetrics(a, b),
  };
}

/** A work and all that it comes from, the oldest first. */
function pathOf(graph: WorkGraph, work: Work): Work[] {
  const id = work.state.state_id;
  const before = graph.states
    .ancestors(id)
    .flatMap(({ state_id }) => graph.works.get(state_id) ?? []);
  const depth = (one: Work) =>
    before.filter((other) => graph.states.isAncestor(other.state.state_id, one.state.state_id))
      .length;
  return [...before.sort((x, y) => depth(x) - depth(y)), work];
}

/** Steps of one class are the same step, done differently. */
function pairSteps(ownA: readonly Work[], ownB: readonly Work[]) {
  const changes: Change[] = [];
  const rest = [...ownB];
  const onlyA: string[] = [];
  const [lastA, lastB] = [ownA.at(-1), ownB.at(-1)];
  for (const step of ownA) {
    const at = rest.findIndex((other) => other.state.class === step.state.class);
    const other = rest[at];
    if (!other) {
      if (step !== lastA || !lastB) onlyA.push(workName(step));
      continue;
    }
    rest.splice(at, 1);
    const isEnd = step === lastA && other === lastB;
    const of = isEnd ? {} : { of: workName(step) };
    changes.push(...changesOf(step.state, other.state).map((change) => ({ ...of, ...change })));
  }
  const onlyB = rest.filter((step) => step !== lastB || !lastA).map(workName);
  return { changes, onlyA, onlyB };
}

function pairMetrics(a: Work, b: Work): MetricPair[] {
  const keys = [...new Set([...a.metrics, ...b.metrics].map(({ key }) => key))].sort();
  return keys.map((key) => {
    const [of, to] = [a, b].map(({ metrics }) => metrics.find((one) => one.key === key));
    return { key, a: of, b: to, delta: of && to && deltaOf(of, to) };
  });
}
