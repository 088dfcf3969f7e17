import { expect, it } from 'vitest';
import { metricRows, type Metric } from './metricRows';

const metric = (name: string, value: Metric['value'], more: Partial<Metric> = {}): Metric => ({
  name,
  value: value ?? null,
  larger_is_better: name !== 'rmse',
  source: 'evaluator',
  ...more,
});

it('compares a slice with all rows, by the direction of the metric', () => {
  const rows = metricRows([
    metric('auc', 0.7),
    metric('auc', 0.8, { slice: "carrier = 'AA'" }),
    metric('rmse', 10),
    metric('rmse', 12, { slice: "carrier = 'AA'" }),
  ]);
  expect(rows.map(({ verdict }) => verdict)).toEqual([undefined, 'better', undefined, 'worse']);
  expect(rows[1]?.difference).toBeCloseTo(0.1);
});

it('compares nothing with nothing', () => {
  const rows = metricRows([
    metric('auc', 0.8, { slice: 'x' }),
    metric('n', 3, { slice: 'x', larger_is_better: null }),
    metric('n', 3, { larger_is_better: null }),
    metric('bad', 'NaN'),
  ]);
  expect(rows.map(({ verdict }) => verdict)).toEqual([undefined, undefined, undefined, undefined]);
  expect(rows[3]?.value).toBeUndefined();
});
