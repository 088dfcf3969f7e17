// Sampled rows that a model scored, as objects instead of a table.

import type { components } from '../api/schema';
import { toNumber } from './numbers';

export type ScoredAnswer = components['schemas']['ScoredRows'];
export type TableColumn = components['schemas']['TableColumn'];

export interface ScoredRow {
  id: string;
  label: number | undefined;
  prediction: number | undefined;
  /** By class; undefined where the model gives none. */
  probability: number[] | undefined;
  /** The row's own columns, where they were sampled. */
  values: Record<string, unknown>;
}

/** What stands before the row's own columns. */
const FIRST = 4;

/** Where nothing was scored there is no table at all, whatever the type says. */
function tableOf(answer: ScoredAnswer | undefined): Partial<components['schemas']['Table']> {
  return answer ?? {};
}

export function ownColumns(answer: ScoredAnswer | undefined): TableColumn[] {
  return tableOf(answer).columns?.slice(FIRST) ?? [];
}

export function readScored(answer: ScoredAnswer | undefined): ScoredRow[] {
  const columns = ownColumns(answer);
  const { rows = [] } = tableOf(answer);
  return rows.map(([id, label, prediction, probability, ...own]) => ({
    id: String(id),
    label: toNumber(label),
    prediction: toNumber(prediction),
    probability: Array.isArray(probability)
      ? probability.map((share) => toNumber(share) ?? NaN)
      : undefined,
    values: Object.fromEntries(columns.map(({ name }, i) => [name, own[i]])),
  }));
}

/** How sure the model was of what it predicted. */
export function confidence({ prediction, probability }: ScoredRow): number | undefined {
  return prediction === undefined ? undefined : probability?.[prediction];
}

/** Prediction minus label. */
export function errorOf({ label, prediction }: ScoredRow): number | undefined {
  return label === undefined || prediction === undefined ? undefined : prediction - label;
}

export type Outcome = 'right' | 'wrong' | 'unknown';

/** Of a classifier. */
export function outcomeOf({ label, prediction }: ScoredRow): Outcome {
  if (label === undefined || prediction === undefined) return 'unknown';
  return label === prediction ? 'right' : 'wrong';
}

export function isClassifier(problem: string | null | undefined): boolean {
  return problem === 'binary' || problem === 'multiclass';
}
