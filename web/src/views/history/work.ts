// States as people think of them: models, the steps before them, the data they began with.
//
// A pipeline's fit and the fits of its stages are one piece of work: the stages are the steps, and
// the last of them stands for the pipeline. A search is stood for by its best model. So the graph
// branches where a stage differs, and metrics stand at the end of their branch.

import { measuredOf, States, type Measured, type State } from './states';

export interface Work {
  state: State;
  /** The pipelines and searches that it stands for, the outermost first. */
  outer: State[];
  /** The one of them that is a search, of which it is the best model. */
  search?: State;
  metrics: Measured[];
}

export type Show = 'fits' | 'inner' | 'all';

/** Fits that a search made on its way; there can be hundreds. */
const INNER = new Set(['fold', 'candidate']);

export interface WorkGraph {
  states: States;
  works: Map<string, Work>;
  /** Of each work those that it directly comes from. */
  parents: Map<string, string[]>;
  children: Map<string, string[]>;
}

export function makeWork(states: States, show: Show): WorkGraph {
  const standIns = findStandIns(states);
  const works = new Map<string, Work>();
  for (const state of states.all) {
    if (isShown(state, show) && !standIns.of.has(state.state_id)) {
      works.set(state.state_id, { state, outer: [], metrics: [] });
    }
  }
  for (const [outer, inner] of standIns.of) {
    const state = states.byId.get(outer);
    const work = works.get(inner);
    if (!state || !work) continue;
    work.outer.push(state);
    if (standIns.searches.has(state.subject_id ?? '')) work.search = state;
  }
  for (const work of works.values()) work.outer.sort(outermost);
  for (const state of states.all) addMetric(state, works, standIns);
  const parents = new Map<string, string[]>();
  for (const id of works.keys()) parents.set(id, nearest(id, states, works));
  dropRoots(works, parents);
  return { states, works, parents, children: invert(parents) };
}

/** The one that holds another comes first. */
function outermost(a: State, b: State): number {
  const holds = (outer: State, inner: State) =>
    outer.subject_id != null && inner.inside?.includes(outer.subject_id) === true;
  return holds(a, b) ? -1 : holds(b, a) ? 1 : 0;
}

function isShown(state: State, show: Show): boolean {
  if (state.kind === 'data') return true;
  if (show === 'all') return state.kind !== 'evaluate';
  if (state.kind !== 'fit') return false;
  return show === 'inner' || !INNER.has(state.role ?? '');
}

interface StandIns {
  /** Of states of pipelines and searches, the state that stands for them. */
  of: Map<string, string>;
  /** The same by model. */
  byModel: Map<string, string>;
  /** Models that are searches. */
  searches: Set<string>;
}

function findStandIns(states: States): StandIns {
  const members = new Map<string, State[]>();
  const ownState = new Map<string, string>();
  for (const state of states.all) {
    if (state.kind !== 'fit') continue;
    if (state.subject_id != null) ownState.set(state.subject_id, state.state_id);
    for (const outer of state.inside ?? []) {
      const list = members.get(outer);
      if (list) list.push(state);
      else members.set(outer, [state]);
    }
  }
  const byModel = new Map<string, string>();
  const searches = new Set<string>();
  for (const [outer, inner] of members) {
    const last = lastOf(inner, states);
    if (last) byModel.set(outer, last.state_id);
    if (inner.some(({ role }) => role === 'best')) searches.add(outer);
  }
  // A pipeline may end in a search, and a search may be of pipelines.
  const of = new Map<string, string>();
  for (const [model, state] of ownState) {
    const inner = follow(model, byModel, states);
    if (inner !== undefined && inner !== state) of.set(state, inner);
  }
  for (const model of members.keys()) {
    const inner = follow(model, byModel, states);
    if (inner !== undefined) byModel.set(model, inner);
  }
  for (const [model, state] of ownState) if (!byModel.has(model)) byModel.set(model, state);
  return { of, byModel, searches };
}

function follow(model: string, byModel: Map<string, string>, states: States): string | undefined {
  let found = byModel.get(model);
  const seen = new Set([model]);
  while (found !== undefined) {
    const subject: string | null | undefined = states.byId.get(found)?.subject_id;
    if (subject == null || seen.has(subject)) return found;
    seen.add(subject);
    const next = byModel.get(subject);
    if (next === undefined || next === found) return found;
    found = next;
  }
  return undefined;
}

/** Of a search its best model; of a pipeline the stage that no other stage comes after. */
function lastOf(inner: readonly State[], states: States): State | undefined {
  const best = inner.find(({ role }) => role === 'best');
  if (best) return best;
  const stages = inner.filter(({ role }) => role === 'stage');
  const last = stages.filter(
    (stage) => !stages.some((other) => states.isAncestor(stage.state_id, other.state_id)),
  );
  return last.sort((a, b) => (a.first_at ?? '').localeCompare(b.first_at ?? '')).at(-1);
}

function addMetric(state: State, works: Map<string, Work>, standIns: StandIns): void {
  const measured = measuredOf(state);
  if (!measured || state.model_id == null) return;
  const work = works.get(standIns.byModel.get(state.model_id) ?? '');
  if (!work) return;
  // The same work measured again says the same; the newest is the last.
  work.metrics = [...work.metrics.filter(({ key }) => key !== measured.key), measured];
}

/** The nearest works that a state comes from, without those that come from others of them. */
function nearest(id: string, states: States, works: Map<string, Work>): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const stack = states.parents(id);
  while (stack.length > 0) {
    const parent = stack.pop() ?? '';
    if (seen.has(parent)) continue;
    seen.add(parent);
    if (works.has(parent)) found.add(parent);
    else stack.push(...states.parents(parent));
  }
  const all = [...found];
  return all.filter((parent) => !all.some((other) => states.isAncestor(parent, other)));
}

/** Data that was only measured on leads to no model, and is left out. */
function dropRoots(works: Map<string, Work>, parents: Map<string, string[]>): void {
  const used = new Set([...parents.values()].flat());
  for (const [id, { state }] of works) {
    if (state.kind === 'data' && !used.has(id)) {
      works.delete(id);
      parents.delete(id);
    }
  }
}

function invert(parents: ReadonlyMap<string, string[]>): Map<string, string[]> {
  const children = new Map<string, string[]>();
  for (const [child, from] of parents) {
    for (const parent of from) {
      const list = children.get(parent);
      if (list) list.push(child);
      else children.set(parent, [child]);
    }
  }
  return children;
}
