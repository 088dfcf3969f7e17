// What a model is called: a pipeline by what it ends in, a search by what it searched for.

import type { ModelDetail } from './useModel';

export function familyOf(
  detail: ModelDetail,
  search: ModelDetail | undefined,
): string | null | undefined {
  const { model, stages, inside } = detail;
  const best = (search?.inside ?? inside).find(({ role }) => role === 'best');
  if (best) return best.estimator;
  if (model.kind === 'search') return inside[0]?.estimator ?? model.estimator;
  if (model.kind !== 'pipeline') return model.estimator;
  const last = stages.findLast(({ depth }) => depth === 0);
  return last?.class ?? model.estimator;
}

/** Names for the models of curves: stages by their class. */
export function namer(detail: ModelDetail): (modelId: string) => string {
  const names = new Map<string, string>();
  for (const { model_id, class: name } of detail.stages) {
    if (model_id && name) names.set(model_id, name);
  }
  for (const { model_id, estimator } of [detail.model, ...detail.inside]) {
    if (estimator) names.set(model_id, estimator);
  }
  return (modelId) => names.get(modelId) ?? modelId;
}
