// What is known of the models, as rows of one table: a name and a value for each model.

import type { components } from '../../api/schema';
import { toNumber } from '../../lib/numbers';

export type Comparison = components['schemas']['Comparison'];
export type Fact = components['schemas']['Fact'];

export interface Row {
  id: string;
  name: string;
  /** Under the name: the rows that a metric was measured on, the stage of a parameter. */
  detail?: string;
  /** One for each model; null where it has none. */
  values: (string | null)[];
  numbers: (number | undefined)[];
  isSame: boolean;
  /** Of parameters: nobody set it in any model, and not all models have it. */
  isAside?: boolean;
  /** Of metrics that know their direction. */
  isLargerBetter?: boolean | null;
  /** Places of the best models; none where all are equally good. */
  best: number[];
}

const SLICE = ' where ';
/** What a training minimised: of two trainings the smaller value is not the better model. */
const OF_TRAINING = ' (last step)';

/** The row of a fact; for metrics with the slice apart and the best marked. */
export function rowOf(fact: Fact): Row {
  const numbers = fact.numbers.map(toNumber);
  const isMetric = fact.aspect === 'metric';
  const at = isMetric ? fact.name.indexOf(SLICE) : -1;
  const name = at < 0 ? fact.name : fact.name.slice(0, at);
  const isLargerBetter = fact.name.endsWith(OF_TRAINING) ? null : (fact.larger_is_better ?? null);
  return {
    id: `${fact.aspect} ${fact.name}`,
    name,
    ...(at >= 0 && { detail: `where ${stripBrackets(fact.name.slice(at + SLICE.length))}` }),
    values: fact.values,
    numbers,
    isSame: fact.same,
    isLargerBetter,
    best: isMetric ? bestOf(numbers, isLargerBetter) : [],
  };
}

function stripBrackets(slice: string): string {
  const inner = /^\(([^()]*)\)$/.exec(slice);
  return inner?.[1] ?? slice;
}

/** Where the best values are. */
export function bestOf(
  numbers: readonly (number | undefined)[],
  isLargerBetter: boolean | null,
): number[] {
  if (isLargerBetter === null) return [];
  const known = numbers.filter((value) => value !== undefined && !Number.isNaN(value)) as number[];
  if (known.length < 2) return [];
  const best = isLargerBetter ? Math.max(...known) : Math.min(...known);
  if (known.every((value) => value === best)) return [];
  return numbers.flatMap((value, i) => (value === best ? [i] : []));
}

export function isSame(values: readonly (string | null)[]): boolean {
  return values.every((value) => value !== null && value === values[0]);
}

/**
 * The one rule of what differs. What nobody set, and only some have, is told apart: two families
 * share few of their parameters.
 */
export const differs = (row: Row): boolean => !row.isSame && row.isAside !== true;

/** What differs first; equals keep their order. */
export function differencesFirst(rows: readonly Row[]): Row[] {
  const place = (row: Row) => (row.isSame ? 2 : differs(row) ? 0 : 1);
  return [...rows].sort((a, b) => place(a) - place(b));
}

export function rowsOf(comparison: Comparison, aspect: string): Row[] {
  return differencesFirst(comparison.facts.filter((fact) => fact.aspect === aspect).map(rowOf));
}
