// The question of parallel coordinates: the best models with their parameters.

import type { Field } from '../fields';
import type { ModelQuery } from '../plan';
import type { Spec } from '../spec';

export const LINE_LIMIT = 500;

/** Columns of the answer: the model, then the axes, the metric last. */
export function parallelQuery(
  project: string,
  spec: Spec,
  axes: readonly Field[],
  metric: Field | undefined,
): ModelQuery {
  const columns = [{ field: 'model_id' }, ...axes.map(({ id }) => ({ field: id }))];
  if (!metric) return { ...base(project, spec), columns };
  const isLarger = metric.larger_is_better !== false;
  return {
    ...base(project, spec),
    columns: [...columns, { field: metric.id }],
    filters: [...spec.filters, { field: metric.id, op: { missing: false } }],
    sort: [{ output: columns.length, descending: isLarger }],
  };
}

function base(project: string, spec: Spec): Omit<ModelQuery, 'columns'> {
  return {
    project,
    scope: spec.scope,
    dimensions: [],
    measures: [],
    filters: spec.filters,
    having: [],
    sort: [],
    limit: LINE_LIMIT,
    offset: 0,
  };
}
