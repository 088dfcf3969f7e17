// Vectors with the names of their slots, and what each slot did to a prediction.

import { toFinite, toNumber } from '../../lib/numbers';
import { errorOf, outcomeOf, type ScoredRow } from '../../lib/scored';
import type { Feature } from '../model/features';
import { standingOf, type Standing } from './population';

export interface Slot {
  index: number;
  name: string;
  value: number;
  /** Coefficient or importance. */
  weight: number | undefined;
  /** Coefficient times the distance from the mean of the sampled rows: what it moved. */
  push: number | undefined;
  standing: Standing | undefined;
}

const LONG = 5_000;

export function readVector(value: unknown): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const numbers = value.map(toNumber);
  return numbers.every((number) => number !== undefined) ? numbers : undefined;
}

/**
 * Names by slot. The features are those of the vector that the model learns from; a scaler keeps
 * their order, and a one-hot vector is a part of it.
 */
export function slotNames(
  column: string,
  size: number,
  features: readonly Feature[],
): (string | undefined)[] {
  const slots = new Map(
    features.flatMap(({ position, name }) => (position >= 0 && name ? [[position, name]] : [])),
  );
  const total = features[0]?.slot_count ?? slots.size;
  if (total === size) return Array.from({ length: size }, (_, i) => slots.get(i));
  const own = [...slots]
    .sort(([a], [b]) => a - b)
    .filter(([, name]) => name.startsWith(`${column}_`));
  if (own.length !== size) return Array.from({ length: size }, () => undefined);
  return own.map(([, name]) => name.slice(column.length + 1));
}

export interface VectorContext {
  column: string;
  features: readonly Feature[];
  /** The same column of the sampled rows. */
  among: readonly unknown[] | undefined;
  /** Whether the model learns from this vector: only then weights mean something. */
  isLearnt: boolean;
}

export function slotsOf(vector: readonly number[], context: VectorContext): Slot[] {
  const { column, features, among, isLearnt } = context;
  const names = slotNames(column, vector.length, features);
  const vectors = (among ?? []).flatMap((value) => {
    const other = readVector(value);
    return other?.length === vector.length ? [other] : [];
  });
  // With a coefficient for each class there is no one direction.
  const isOneDirection = features.every(({ class_index }) => typeof class_index !== 'number');
  // A hashed text has a quarter of a million slots, nearly all of them empty.
  const isLong = vector.length > LONG;
  const byPosition = new Map(features.map((feature) => [feature.position, feature]));
  return vector.map((value, index) => {
    const feature = isLearnt ? byPosition.get(index) : undefined;
    const isSkipped = isLong && value === 0;
    const column = isSkipped ? [] : vectors.map((other) => other[index] ?? 0);
    const coefficient = isOneDirection ? toFinite(feature?.coefficient) : undefined;
    const mean = column.reduce((sum, other) => sum + other, 0) / Math.max(1, column.length);
    return {
      index,
      name: names[index] ?? String(index),
      value,
      weight: toFinite(feature?.importance) ?? coefficient,
      push:
        coefficient === undefined || column.length === 0 ? undefined : coefficient * (value - mean),
      standing: standingOf(value, column),
    };
  });
}

/** The slots that say most, first: what moved the prediction, else what weighs most and is odd. */
export function weightiest(slots: readonly Slot[]): Slot[] {
  const size = (slot: Slot) => {
    if (slot.push !== undefined) return Math.abs(slot.push);
    const odd = slot.standing?.isUnusual ? 1 : 0;
    return Math.abs(slot.weight ?? 0) + odd * (slot.weight === undefined ? 1 : 0);
  };
  return [...slots].sort((a, b) => size(b) - size(a) || a.index - b.index);
}

/** The sign of a push that leads away from the label; undefined where the prediction is right. */
export function wrongSignOf(row: ScoredRow, isClassifier: boolean): 1 | -1 | undefined {
  if (isClassifier && outcomeOf(row) !== 'wrong') return undefined;
  const error = errorOf(row);
  if (error === undefined || error === 0 || Number.isNaN(error)) return undefined;
  return error > 0 ? 1 : -1;
}

const NAMED = 3;

/** The slots that moved the prediction most the wrong way. */
export function misleading(slots: readonly Slot[], wrongSign: 1 | -1 | undefined): Slot[] {
  return weightiest(slots)
    .filter(({ push }) => push !== undefined && Math.sign(push) === wrongSign)
    .slice(0, NAMED);
}
