// What the agent tells at most, where its answers do not say whether there is more.

import { formatInteger } from './format';

/** Features, candidates and fits inside of a model; notes. */
export const LISTED_MAX = 500;
export const TREE_NODES_MAX = 2_000;
/** Of one request. */
export const RUNS_MAX = 1_000;

/** `12 notes`, or `the first 500 notes` where there may be more. */
export function upTo(count: number, max: number, thing: string, end = 'first'): string {
  const told = `${formatInteger(count)} ${thing}${count === 1 ? '' : 's'}`;
  return count >= max ? `the ${end} ${told}` : told;
}

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
