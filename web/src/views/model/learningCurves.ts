import type { components } from '../../api/schema';
import { toFinite } from '../../lib/numbers';

export type Point = components['schemas']['Point'];

export interface LearningCurve {
  name: string;
  points: { step: number; value: number; model: string }[];
  /** How many models have it. */
  series: number;
}

/** One curve for each value that was reported at two steps at least. */
export function curvesOf(
  history: readonly Point[],
  nameOf: (modelId: string) => string,
): LearningCurve[] {
  const curves = new Map<string, LearningCurve>();
  for (const { name, model_id, step, value } of history) {
    const number = toFinite(value);
    if (number === undefined) continue;
    const curve = curves.get(name) ?? { name, points: [], series: 0 };
    curve.points.push({ step, value: number, model: nameOf(model_id) });
    curves.set(name, curve);
  }
  return [...curves.values()]
    .map((curve) => ({ ...curve, series: new Set(curve.points.map(({ model }) => model)).size }))
    .filter(({ points }) => points.some(({ step }) => step !== points[0]?.step));
}
