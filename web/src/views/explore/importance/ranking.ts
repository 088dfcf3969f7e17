// The question that importance asks, and the parameters in the order of what they explain.

import type { Field } from '../fields';
import type { ModelQuery } from '../plan';
import type { AnswerRow } from '../series';
import type { Spec } from '../spec';
import { effectOf, type Effect } from './effect';

export const IMPORTANCE_LIMIT = 2_000;
/** The agent answers a hundred columns at most; the metric and the family are two. */
export const MAX_PARAMETERS = 90;

export function importanceQuery(
  project: string,
  spec: Spec,
  metric: string,
  parameters: readonly Field[],
): ModelQuery {
  return {
    project,
    scope: spec.scope,
    columns: [
      { field: metric },
      { field: 'family' },
      ...parameters.map(({ id }) => ({ field: id })),
    ],
    dimensions: [],
    measures: [],
    filters: [...spec.filters, { field: metric, op: { missing: false } }],
    having: [],
    sort: [],
    limit: IMPORTANCE_LIMIT,
    offset: 0,
  };
}

export interface RankedEffect extends Effect {
  id: string;
  name: string;
}

/** The family is among them: what a parameter explains is often only which family has it. */
export function rankEffects(
  rows: readonly AnswerRow[],
  parameters: readonly Field[],
  metric: Field,
): RankedEffect[] {
  const columns = [{ id: 'family', label: 'family' }, ...parameters];
  const isLarger = metric.larger_is_better !== false;
  return columns
    .map(({ id, label }, i) => ({
      id,
      name: label,
      ...effectOf(
        rows.map((row) => [row[i + 1], row[0]] as const),
        isLarger,
      ),
    }))
    .filter(({ groups }) => groups > 1)
    .sort((a, b) => (b.share ?? -1) - (a.share ?? -1) || b.models - a.models);
}
