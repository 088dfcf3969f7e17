import { expect, it } from 'vitest';
import type { ChartSpec } from './types';
import { isUndrawable } from './undrawable';

const spec: ChartSpec = {
  mark: 'point',
  encoding: {
    x: { field: 'x', type: 'quantitative' },
    y: { field: 'y', type: 'quantitative' },
  },
};

it('finds charts of which nothing would be seen', () => {
  expect(isUndrawable(spec, [{ x: 1, y: 2 }])).toBe(false);
  expect(isUndrawable(spec, [{ x: 1, y: '2.5' }])).toBe(false);
  expect(isUndrawable(spec, [{ x: 1, y: null }])).toBe(true);
  const odd = [
    { x: 1, y: Infinity },
    { x: 'NaN', y: 2 },
  ];
  expect(isUndrawable(spec, odd)).toBe(true);
  expect(isUndrawable(spec, [])).toBe(false);
});

it('leaves alone what it cannot judge, and layers of which one is seen', () => {
  const x = { field: 'x', type: 'nominal' as const };
  const y = (field: string) => ({ y: { field, type: 'quantitative' as const } });
  const layers: ChartSpec = {
    encoding: { x },
    layer: [
      { mark: 'bar', encoding: y('a') },
      { mark: 'rule', encoding: y('b') },
    ],
  };
  expect(isUndrawable(layers, [{ x: 'm', a: null, b: 1 }])).toBe(false);
  expect(isUndrawable(layers, [{ x: 'm', a: null, b: null }])).toBe(true);
  expect(isUndrawable(layers, [{ x: 'm' }])).toBe(false);
});
