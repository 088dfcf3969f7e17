// The graph of states as the API tells it, with what is asked of it again and again.

import type { components } from '../../api/schema';
import { toFinite } from '../../lib/numbers';

export type State = components['schemas']['HistoryState'];

export interface Measured {
  /** The metric with its slice. */
  key: string;
  name: string;
  slice: string | null;
  value: number;
  largerIsBetter: boolean | null;
}

export class States {
  readonly byId: ReadonlyMap<string, State>;
  readonly #index: ReadonlyMap<string, number>;
  /** Of each state, a mark for each of its ancestors. */
  readonly #ancestors: readonly Uint8Array[];

  constructor(readonly all: readonly State[]) {
    this.byId = new Map(all.map((state) => [state.state_id, state]));
    this.#index = new Map(all.map((state, i) => [state.state_id, i]));
    this.#ancestors = this.#close();
  }

  parents(id: string): string[] {
    const parents = this.byId.get(id)?.parent_state_ids ?? [];
    // Only the newest states are told, so some parents are not among them.
    return [...new Set(parents)].filter((parent) => this.byId.has(parent) && parent !== id);
  }

  isAncestor(ancestor: string, of: string): boolean {
    const [a, b] = [this.#index.get(ancestor), this.#index.get(of)];
    return a !== undefined && b !== undefined && this.#ancestors[b]?.[a] === 1;
  }

  ancestors(id: string): State[] {
    return this.all.filter((state) => this.isAncestor(state.state_id, id));
  }

  #close(): Uint8Array[] {
    const closed: Uint8Array[] = this.all.map(() => new Uint8Array(this.all.length));
    // 1: under way, 2: done. A state cannot be its own ancestor, but data can be damaged.
    const done = new Uint8Array(this.all.length);
    const stack = this.all.map((_, i) => i).reverse();
    while (stack.length > 0) {
      const i = stack.at(-1) ?? 0;
      const parents = this.parents(this.all[i]?.state_id ?? '').map(
        (id) => this.#index.get(id) ?? 0,
      );
      const open = parents.filter((parent) => done[parent] === 0);
      if (done[i] === 2 || (done[i] === 1 && open.length > 0)) {
        stack.pop();
        continue;
      }
      done[i] = 1;
      if (open.length > 0) {
        stack.push(...open);
        continue;
      }
      const own = closed[i];
      for (const parent of parents) {
        if (!own) continue;
        own[parent] = 1;
        closed[parent]?.forEach((mark, at) => mark && (own[at] = 1));
      }
      done[i] = 2;
      stack.pop();
    }
    return closed;
  }
}

export function measuredOf(state: State): Measured | undefined {
  const value = toFinite(state.value);
  if (state.kind !== 'evaluate' || state.metric == null || value === undefined) return undefined;
  const slice = state.slice ?? null;
  return {
    key: metricKey(state.metric, slice),
    name: state.metric,
    slice,
    value,
    largerIsBetter: state.larger_is_better ?? null,
  };
}

export function metricKey(name: string, slice: string | null): string {
  return slice === null ? name : JSON.stringify([name, slice]);
}
