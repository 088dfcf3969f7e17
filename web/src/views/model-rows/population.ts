// How unusual one row's value is among those of the other sampled rows.

import { formatInteger, formatNumber } from '../../lib/format';
import { toNumber } from '../../lib/numbers';

/** Values of the sampled rows by column. */
export type Population = ReadonlyMap<string, readonly unknown[]>;

export interface Standing {
  isUnusual: boolean;
  /** "lower than 99 % of 1,000 sampled rows". */
  text: string;
  /** Of numbers: the share of rows below, and half of those equal. */
  percentile?: number;
}

/** A value is unusual when at most so many rows are as far out. */
const TAIL = 0.025;
/** A category is rare when at most so many rows have it. */
const RARE = 0.01;
/** Fewer rows say nothing. */
export const MIN_ROWS = 20;

/** With how many rows a row is compared; 0 where there are too few. */
export function comparedWith(population: Population): number {
  const count = population.values().next().value?.length ?? 0;
  return count < MIN_ROWS ? 0 : count;
}

export function isMissing(value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(toNumber(value));
}

/** `undefined` where there is too little to compare with. */
export function standingOf(
  value: unknown,
  among: readonly unknown[] | undefined,
): Standing | undefined {
  if (!among || among.length < MIN_ROWS) return undefined;
  if (isMissing(value)) return missing(among);
  const number = toNumber(value);
  if (number !== undefined) return numeric(number, among);
  if (typeof value === 'string' || typeof value === 'boolean') return category(value, among);
  return undefined;
}

function missing(among: readonly unknown[]): Standing {
  const share = among.filter(isMissing).length / among.length;
  return {
    isUnusual: true,
    text: `missing, as in ${percent(share)} of ${rows(among.length)}`,
  };
}

function numeric(value: number, among: readonly unknown[]): Standing | undefined {
  const numbers = among
    .map(toNumber)
    .filter((other) => other !== undefined && !Number.isNaN(other));
  if (numbers.length < MIN_ROWS) return undefined;
  const total = numbers.length;
  const below = numbers.filter((other) => other !== undefined && other < value).length / total;
  const above = numbers.filter((other) => other !== undefined && other > value).length / total;
  const percentile = below + (1 - below - above) / 2;
  // As far out as this or farther: what everybody has is not unusual, even at the very end.
  const isLow = 1 - above <= TAIL;
  const isHigh = 1 - below <= TAIL;
  if (isHigh) return { isUnusual: true, percentile, text: extreme('higher', below, total) };
  if (isLow) return { isUnusual: true, percentile, text: extreme('lower', above, total) };
  return { isUnusual: false, percentile, text: `percentile ${Math.round(percentile * 100)}` };
}

function extreme(direction: string, share: number, total: number): string {
  const of = share === 1 ? `all ${rows(total)}` : `${percent(share)} of ${rows(total)}`;
  return `${direction} than ${of}`;
}

function category(value: string | boolean, among: readonly unknown[]): Standing {
  const times = among.filter((other) => other === value).length;
  const share = times / among.length;
  // The row itself is one of them.
  if (times <= 1) {
    return { isUnusual: true, text: `no other of ${rows(among.length)} has it` };
  }
  return {
    isUnusual: share <= RARE,
    text: `in ${percent(share)} of ${rows(among.length)}`,
  };
}

function rows(count: number): string {
  return `${formatInteger(count)} sampled rows`;
}

function percent(share: number): string {
  return `${formatNumber(share * 100, share > 0.99 && share < 1 ? 3 : 2)} %`;
}
