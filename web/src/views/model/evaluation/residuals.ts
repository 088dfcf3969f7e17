// How far a regressor was off, over sampled rows.

import { errorOf, type ScoredRow } from '../../../lib/scored';

export interface Residual {
  id: string;
  label: number;
  prediction: number;
  /** Label minus prediction: what the model left unexplained. */
  residual: number;
}

export interface ResidualSummary {
  rows: number;
  rmse: number;
  mae: number;
  /** The mean residual: above zero where predictions are too low. */
  bias: number;
  /** Undefined where all labels are the same. */
  r2: number | undefined;
  /** Half of all rows are off by at most this. */
  median: number;
}

export function residualsOf(rows: readonly ScoredRow[]): Residual[] {
  return rows.flatMap((row) => {
    const { id, label, prediction } = row;
    const error = errorOf(row);
    if (label === undefined || prediction === undefined || error === undefined) return [];
    return Number.isFinite(error) ? [{ id, label, prediction, residual: -error }] : [];
  });
}

export function summarise(residuals: readonly Residual[]): ResidualSummary | undefined {
  const rows = residuals.length;
  if (rows === 0) return undefined;
  const mean = (value: (residual: Residual) => number) =>
    residuals.reduce((sum, residual) => sum + value(residual), 0) / rows;
  const centre = mean(({ label }) => label);
  const squares = mean(({ residual }) => residual ** 2);
  const spread = mean(({ label }) => (label - centre) ** 2);
  return {
    rows,
    rmse: Math.sqrt(squares),
    mae: mean(({ residual }) => Math.abs(residual)),
    bias: mean(({ residual }) => residual),
    r2: spread > 0 ? 1 - squares / spread : undefined,
    median: medianOf(residuals.map(({ residual }) => Math.abs(residual))),
  };
}

function medianOf(numbers: number[]): number {
  const sorted = numbers.sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2;
}
