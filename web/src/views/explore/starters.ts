// Questions to begin with, made of what the project has.

import { isMetric, isNumber, type Field } from './fields';
import { EMPTY, type Spec } from './spec';

export interface Starter {
  label: string;
  spec: Spec;
}

export function makeStarters(fields: readonly Field[]): Starter[] {
  const metrics = fields.filter(isMetric).sort(byInterest);
  const metric = metrics[0];
  const parameter = fields.find(
    (field) =>
      field.group === 'parameter' &&
      isNumber(field) &&
      (field.changed ?? 0) > 0 &&
      (field.values ?? 0) > 1,
  );
  const sliced = metrics.find((field) => field.slices.length > 0);
  const starters: Starter[] = [];
  if (metric) {
    starters.push({
      label: `${metric.label} by family`,
      spec: chart({ x: { field: 'family' }, y: { field: metric.id } }),
    });
  }
  if (metric && parameter) {
    starters.push({
      label: `${metric.label} against ${parameter.label}`,
      spec: {
        ...chart({
          x: { field: parameter.id },
          y: { field: metric.id, aggregate: 'raw' },
          colour: { field: 'family' },
        }),
        scope: 'all',
      },
    });
  }
  if (sliced) {
    starters.push({
      label: `Which family wins on which slice (${sliced.label})`,
      spec: chart({
        x: { field: 'slice' },
        y: { field: sliced.id, aggregate: 'best' },
        colour: { field: 'family' },
      }),
    });
  }
  starters.push({
    label: 'Models per day, by status',
    spec: chart({ x: { field: 'started_at', unit: 'day' }, colour: { field: 'status' } }),
  });
  return starters;
}

/** What an evaluator measured has a direction; what a training tells of itself mostly has none. */
export function byInterest(a: Field, b: Field): number {
  const rank = (field: Field) =>
    (field.larger_is_better === true ? 2 : field.larger_is_better === false ? 1 : 0) +
    (field.slices.length > 0 ? 2 : 0);
  return rank(b) - rank(a) || (b.models ?? 0) - (a.models ?? 0);
}

function chart(shelves: Spec['shelves']): Spec {
  return { ...EMPTY, shelves };
}
