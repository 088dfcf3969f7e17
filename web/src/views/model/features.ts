// Features as they are listed: the weight that the model gives each.

import type { components } from '../../api/schema';
import { toFinite } from '../../lib/numbers';

export type Feature = components['schemas']['Feature'];

export interface FeatureRow {
  id: string;
  feature: Feature;
  name: string;
  /** Its importance, or its coefficient. */
  weight: number | undefined;
  error: number | undefined;
  /** The weight's share of the largest one, from −1 to 1. */
  share: number;
}

export interface FeatureList {
  rows: FeatureRow[];
  kind: 'importance' | 'coefficient' | undefined;
  hasErrors: boolean;
  hasClasses: boolean;
  /** Slots that the model has, told or not. */
  slots: number;
  told: number;
}

export function featureList(features: readonly Feature[]): FeatureList {
  const isTree = features.some(({ importance }) => toFinite(importance) !== undefined);
  const isLinear = features.some(({ coefficient }) => toFinite(coefficient) !== undefined);
  const weightOf = (feature: Feature) =>
    toFinite(isTree ? feature.importance : feature.coefficient);
  // The intercept is no feature: it would make the bars of all others short.
  const slots = features.filter(({ position }) => position >= 0);
  const largest = slots.reduce((most, slot) => Math.max(most, Math.abs(weightOf(slot) ?? 0)), 0);
  const rows = features.map((feature) => {
    const weight = weightOf(feature);
    const isSlot = feature.position >= 0;
    return {
      id: `${feature.position}:${feature.class_index ?? ''}`,
      feature,
      name: feature.name ?? `feature ${feature.position}`,
      weight,
      error: toFinite(feature.std_error),
      share: isSlot && largest > 0 ? (weight ?? 0) / largest : 0,
    };
  });
  return {
    rows,
    kind: isTree ? 'importance' : isLinear ? 'coefficient' : undefined,
    hasErrors: rows.some(({ error }) => error !== undefined),
    hasClasses: features.some((feature) => typeof feature.class_index === 'number'),
    slots: Math.max(features[0]?.slot_count ?? 0, new Set(slots.map((slot) => slot.position)).size),
    told: new Set(slots.map((slot) => slot.position)).size,
  };
}

/** Rows whose name or source columns have the text in them. */
export function matching(rows: readonly FeatureRow[], text: string): FeatureRow[] {
  const needle = text.trim().toLocaleLowerCase();
  if (needle === '') return [...rows];
  return rows.filter(({ name, feature }) =>
    [name, ...(feature.source_columns ?? [])].some((part) =>
      part.toLocaleLowerCase().includes(needle),
    ),
  );
}
