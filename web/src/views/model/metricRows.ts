// Metrics by slice, each beside its value on all rows.

import type { components } from '../../api/schema';
import { toFinite } from '../../lib/numbers';

export type Metric = components['schemas']['Metric'];

export interface MetricRow {
  id: string;
  metric: Metric;
  value: number | undefined;
  /** Value minus the value on all rows; undefined where there is none to compare with. */
  difference: number | undefined;
  /** Whether the slice is better than all rows. */
  verdict: 'better' | 'worse' | 'same' | undefined;
}

export function metricRows(metrics: readonly Metric[]): MetricRow[] {
  return metrics.map((metric, i) => {
    const value = toFinite(metric.value);
    const whole = metric.slice ? wholeOf(metrics, metric) : undefined;
    const difference = value !== undefined && whole !== undefined ? value - whole : undefined;
    return { id: String(i), metric, value, difference, verdict: verdict(metric, difference) };
  });
}

function wholeOf(metrics: readonly Metric[], { name, source }: Metric): number | undefined {
  const same = metrics.filter((other) => other.name === name && !other.slice);
  const found = same.find((other) => other.source === source) ?? same[0];
  return toFinite(found?.value);
}

function verdict(metric: Metric, difference: number | undefined): MetricRow['verdict'] {
  const isLarger = metric.larger_is_better;
  if (difference === undefined || isLarger === null || isLarger === undefined) return undefined;
  if (difference === 0) return 'same';
  return difference > 0 === isLarger ? 'better' : 'worse';
}
