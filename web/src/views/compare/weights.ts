// What features weigh in each model: importances of trees, coefficients of linear models.

import type { components } from '../../api/schema';
import { toFinite } from '../../lib/numbers';

export type Feature = components['schemas']['Feature'];

export interface WeightRow {
  name: string;
  /** One for each model; undefined where it has no such feature. */
  weights: (number | undefined)[];
  /** Shares of the model's heaviest, from 0 to 1. */
  shares: number[];
}

/** The slot of what is no feature. */
const INTERCEPT = -1;

function weightOf(feature: Feature): number | undefined {
  return toFinite(feature.importance) ?? toFinite(feature.coefficient);
}

/** The features of all models, those that weigh most anywhere first. */
export function weightRows(models: readonly (readonly Feature[])[]): WeightRow[] {
  const columns = models.map((features) => {
    const byName = new Map<string, number>();
    for (const feature of features) {
      const weight = weightOf(feature);
      if (feature.position === INTERCEPT || feature.name == null || weight === undefined) continue;
      // Of several classes the one in which the feature weighs most.
      const known = byName.get(feature.name);
      if (known === undefined || Math.abs(weight) > Math.abs(known)) {
        byName.set(feature.name, weight);
      }
    }
    const heaviest = [...byName.values()].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    return { byName, heaviest };
  });
  const names = new Set(columns.flatMap(({ byName }) => [...byName.keys()]));
  const rows = [...names].map((name): WeightRow => {
    const weights = columns.map(({ byName }) => byName.get(name));
    const shares = columns.map(({ heaviest }, i) =>
      heaviest === 0 ? 0 : Math.abs(weights[i] ?? 0) / heaviest,
    );
    return { name, weights, shares };
  });
  const heaviest = ({ shares }: WeightRow) => Math.max(...shares);
  return rows.sort((a, b) => heaviest(b) - heaviest(a));
}

/** What the weights of a model are, in a word. */
export function weightKind(features: readonly Feature[]): string | undefined {
  if (features.some(({ importance }) => importance != null)) return 'importances';
  if (features.some(({ coefficient }) => coefficient != null)) return 'coefficients';
  return undefined;
}
