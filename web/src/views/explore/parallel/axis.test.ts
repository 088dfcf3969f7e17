import { describe, expect, it } from 'vitest';
import { field } from '../testFields';
import { makeAxis } from './axis';

describe('makeAxis', () => {
  it('spans what the project has, so that it stays while filters come and go', () => {
    const axis = makeAxis(field('metric:auc', { min: 0, max: 2 }), [1]);
    expect(axis.at(1)).toBe(0.5);
    expect(axis.at('NaN')).toBeNull();
    expect(axis.between(0.25, 0.75)).toEqual({ range: { min: 0.5, max: 1.5 } });
    expect(axis.extent({ range: { min: 0.5, max: 1.5 } })).toEqual([0.25, 0.75]);
    expect(axis.extent({ range: { min: 1 } })).toEqual([0.5, 1]);
    expect(axis.extent({ missing: true })).toBeUndefined();
  });

  it('is logarithmic over magnitudes', () => {
    const values = Array.from({ length: 50 }, (_, i) => 10 ** (i % 5) + i / 100);
    const axis = makeAxis(field('param:reg', { min: 1, max: 10_000 }), values);
    expect(axis.at(100)).toBeCloseTo(0.5);
    expect(axis.at(0)).toBeNull();
  });

  it('puts few values at equal distances', () => {
    const axis = makeAxis(field('param:reg', { min: 0, max: 10 }), [0, 0.001, 10, 0.001, null]);
    expect([axis.at(0), axis.at(0.001), axis.at(10), axis.at(null)]).toEqual([0, 0.5, 1, null]);
    expect(axis.between(0.4, 1)).toEqual({ range: { min: 0.001, max: 10 } });
    expect(axis.between(0.6, 0.9)).toBeUndefined();
  });

  it('brushes categories by their whole names', () => {
    const axis = makeAxis(field('family'), ['a.B', 'a.C', null]);
    expect(axis.ticks.map(({ label }) => label)).toEqual(['B', 'C']);
    expect(axis.at('a.B')).toBe(1);
    expect(axis.at(null)).toBeNull();
    expect(axis.between(0.8, 1)).toEqual({ in: ['a.B'] });
    expect(axis.between(0.4, 0.6)).toBeUndefined();
  });
});
