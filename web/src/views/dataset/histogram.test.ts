import { expect, it } from 'vitest';
import { histogram, spreadOf } from './histogram';
import type { Profile } from './types';

it('counts every value once', () => {
  const bars = histogram([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, NaN], 5);
  expect(bars.map(({ count }) => count)).toEqual([2, 2, 2, 2, 3]);
  expect(bars[0]?.label).toBe('0 to 2');
  expect(histogram([3, 3])).toEqual([{ label: '3', count: 2 }]);
  expect(histogram([])).toEqual([]);
});

const profile: Profile = {
  column: 'x',
  rows: 4,
  missing: 0,
  distinct: 2,
  common: ['a', 'b'],
  common_rows: [3, 1],
};

it('shows the commonest values of few, and a histogram of many numbers', () => {
  expect(spreadOf(profile, null)).toEqual({
    isHistogram: false,
    bars: [
      { label: 'a', count: 3 },
      { label: 'b', count: 1 },
    ],
  });
  const sample = {
    columns: [{ name: 'x', kind: 'number' as const, sql_type: 'Float64' }],
    rows: Array.from({ length: 20 }, (_, i) => [i]),
  };
  const many = spreadOf({ ...profile, distinct: 20, rows: 20 }, sample);
  expect(many.isHistogram).toBe(true);
  expect(many.bars).toHaveLength(12);
  expect(spreadOf({ ...profile, distinct: 20, rows: 20 }, null).bars).toEqual([]);
});
