// ROC and precision/recall curves out of scores, one class against the others.

import type { ScoredRow } from '../../../lib/scored';

export interface Judged {
  /** How much the model took it for the class. */
  score: number;
  isPositive: boolean;
}

export interface CurvePoint {
  /** From this score on a row counts as predicted. */
  threshold: number;
  truePositives: number;
  /** Share of negatives that were predicted. */
  fallOut: number;
  /** Share of positives that were predicted. */
  recall: number;
  /** Share of the predicted that are positive. */
  precision: number;
}

export interface Curves {
  points: CurvePoint[];
  positives: number;
  negatives: number;
  /** Undefined where all rows are of one class. */
  areaUnderRoc: number | undefined;
  averagePrecision: number | undefined;
}

/** Classes that probabilities are given for. */
export function classCount(rows: readonly ScoredRow[]): number {
  return rows.reduce((most, { probability }) => Math.max(most, probability?.length ?? 0), 0);
}

export function judge(rows: readonly ScoredRow[], positive: number): Judged[] {
  return rows.flatMap(({ label, probability }) => {
    const score = probability?.[positive];
    if (score === undefined || Number.isNaN(score)) return [];
    if (label === undefined || Number.isNaN(label)) return [];
    return [{ score, isPositive: label === positive }];
  });
}

export function curvesOf(judged: readonly Judged[]): Curves {
  const order = [...judged].sort((a, b) => b.score - a.score);
  const positives = order.filter(({ isPositive }) => isPositive).length;
  const negatives = order.length - positives;
  const points: CurvePoint[] = [
    { threshold: Infinity, truePositives: 0, fallOut: 0, recall: 0, precision: 1 },
  ];
  let hits = 0;
  order.forEach(({ score, isPositive }, i) => {
    if (isPositive) hits += 1;
    // Rows with equal scores are predicted together, whatever their order.
    if (order[i + 1]?.score === score) return;
    points.push({
      threshold: score,
      truePositives: hits,
      fallOut: negatives > 0 ? (i + 1 - hits) / negatives : 0,
      recall: positives > 0 ? hits / positives : 0,
      precision: hits / (i + 1),
    });
  });
  const isSplit = positives > 0 && negatives > 0;
  return {
    points,
    positives,
    negatives,
    areaUnderRoc: isSplit ? area(points) : undefined,
    averagePrecision: isSplit ? averagePrecision(points) : undefined,
  };
}

function area(points: readonly CurvePoint[]): number {
  return pairsOf(points).reduce(
    (sum, [a, b]) => sum + ((b.fallOut - a.fallOut) * (a.recall + b.recall)) / 2,
    0,
  );
}

/** A step function: no line between points of a precision/recall curve can be reached. */
function averagePrecision(points: readonly CurvePoint[]): number {
  return pairsOf(points).reduce((sum, [a, b]) => sum + (b.recall - a.recall) * b.precision, 0);
}

function pairsOf(points: readonly CurvePoint[]): [CurvePoint, CurvePoint][] {
  return points.slice(1).map((point, i) => [points[i] ?? point, point]);
}

/** At most `max` of the points, both ends among them. */
export function thin<T>(points: readonly T[], max: number): T[] {
  if (points.length <= max) return [...points];
  const step = (points.length - 1) / (max - 1);
  return Array.from({ length: max }, (_, i) => points[Math.round(i * step)]).filter(
    (point): point is T => point !== undefined,
  );
}
