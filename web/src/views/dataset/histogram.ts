// How a column's values are spread, from what a sample has.

import { formatNumber } from '../../lib/format';
import type { Profile, Table } from './types';

export interface Bar {
  label: string;
  count: number;
}

/** From so many different numbers on, ranges say more than values. */
const VALUES_MAX = 10;
const BINS = 12;

/** Ranges of equal width, each with how many values lie in it. */
export function histogram(values: readonly number[], bins = BINS): Bar[] {
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  if (finite.length === 0) return [];
  if (low === high) return [{ label: formatNumber(low), count: finite.length }];
  const width = (high - low) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of finite) {
    const bin = Math.min(bins - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, i) => ({
    label: `${formatNumber(low + i * width, 3)} to ${formatNumber(low + (i + 1) * width, 3)}`,
    count,
  }));
}

export interface Spread {
  isHistogram: boolean;
  bars: Bar[];
}

/** A histogram of many numbers; else the commonest values. */
export function spreadOf(profile: Profile, sample: Table | null | undefined): Spread {
  if (profile.distinct > VALUES_MAX) {
    const at = sample?.columns.findIndex(({ name }) => name === profile.column) ?? -1;
    const kind = sample?.columns[at]?.kind;
    if (sample && (kind === 'number' || kind === 'integer')) {
      const values = sample.rows.map((row) => row[at]);
      const numbers = values.filter((value) => typeof value === 'number');
      return { isHistogram: true, bars: histogram(numbers) };
    }
  }
  const counts = profile.common_rows;
  const bars = profile.common.map((label, i) => ({ label, count: counts[i] ?? 0 }));
  // Values that are all different have nothing common.
  const isUnique = profile.distinct === profile.rows - profile.missing && profile.distinct > 1;
  return { isHistogram: false, bars: isUnique && profile.distinct > VALUES_MAX ? [] : bars };
}
