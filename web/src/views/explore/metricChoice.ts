// The metric that parallel coordinates and importance are about: chosen, or the one of the chart.

import { isMetric, type Field } from './fields';
import { SHELVES, type Spec } from './spec';
import { byInterest } from './starters';

export function chooseMetric(
  fields: readonly Field[],
  spec: Spec,
  chosen: string,
): Field | undefined {
  const metrics = fields.filter(isMetric);
  const find = (id: string | undefined) => metrics.find((field) => field.id === id);
  const onShelves = SHELVES.map((shelf) => find(spec.shelves[shelf]?.field)).find(Boolean);
  return find(chosen) ?? onShelves ?? [...metrics].sort(byInterest)[0];
}

/** Parameters that differ between models, those that somebody set most often first. */
export function varyingParameters(fields: readonly Field[]): Field[] {
  return fields.filter(
    ({ group, values, kind }) => group === 'parameter' && kind !== 'json' && (values ?? 0) > 1,
  );
}
