// How often each label was predicted as what, over sampled rows.

import type { ScoredRow } from '../../../lib/scored';

/** More classes than this are not told apart. */
const MAX_CLASSES = 20;

export interface ClassScore {
  name: string;
  rows: number;
  /** Of the rows predicted so, the share that are so; undefined where none were predicted so. */
  precision: number | undefined;
  /** Of the rows that are so, the share that were predicted so. */
  recall: number | undefined;
}

export interface Confusion {
  /** Names of classes in order; the last is `other` where there are too many. */
  classes: string[];
  /** By label, then by prediction. */
  counts: number[][];
  scores: ClassScore[];
  rows: number;
  accuracy: number | undefined;
  /** Rows without a label or a prediction. */
  unknown: number;
}

export const OTHER = 'other';

export function confusionOf(scored: readonly ScoredRow[]): Confusion {
  const pairs: [number, number][] = [];
  for (const { label, prediction } of scored) {
    if (isKnown(label) && isKnown(prediction)) pairs.push([label, prediction]);
  }
  const known = commonest(pairs);
  const hasOther = pairs.some((pair) => pair.some((name) => !known.includes(name)));
  const classes = known.map(String).concat(hasOther ? [OTHER] : []);
  const counts = classes.map(() => classes.map(() => 0));
  const place = new Map(known.map((name, i) => [name, i]));
  let right = 0;
  for (const [label, prediction] of pairs) {
    if (label === prediction) right += 1;
    const row = counts[place.get(label) ?? known.length];
    const at = place.get(prediction) ?? known.length;
    if (row) row[at] = (row[at] ?? 0) + 1;
  }
  return {
    classes,
    counts,
    scores: classes.map((name, i) => scoreOf(name, counts, i)),
    rows: pairs.length,
    accuracy: pairs.length > 0 ? right / pairs.length : undefined,
    unknown: scored.length - pairs.length,
  };
}

function isKnown(value: number | undefined): value is number {
  return value !== undefined && !Number.isNaN(value);
}

function commonest(pairs: readonly (readonly [number, number])[]): number[] {
  const times = new Map<number, number>();
  for (const name of pairs.flat()) times.set(name, (times.get(name) ?? 0) + 1);
  return [...times]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MAX_CLASSES)
    .map(([name]) => name)
    .sort((a, b) => a - b);
}

function scoreOf(name: string, counts: readonly (readonly number[])[], at: number): ClassScore {
  const rows = sum(counts[at] ?? []);
  const predicted = sum(counts.map((row) => row[at] ?? 0));
  const right = counts[at]?.[at] ?? 0;
  // Of `other` it is not known which were right.
  const share = (of: number) => (of > 0 && name !== OTHER ? right / of : undefined);
  return { name, rows, precision: share(predicted), recall: share(rows) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
