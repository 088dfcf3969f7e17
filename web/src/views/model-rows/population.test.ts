import { describe, expect, it } from 'vitest';
import { isMissing, standingOf } from './population';

const hundred = Array.from({ length: 100 }, (_, i) => i);

describe('standingOf', () => {
  it('finds what is far out', () => {
    expect(standingOf(500, hundred)).toMatchObject({
      isUnusual: true,
      text: 'higher than all 100 sampled rows',
    });
    expect(standingOf(1, hundred)).toMatchObject({
      isUnusual: true,
      text: 'lower than 98 % of 100 sampled rows',
    });
    expect(standingOf(50, hundred)).toMatchObject({ isUnusual: false, text: 'percentile 51' });
  });

  it('takes what most rows have as usual, though none has less', () => {
    const dry = hundred.map((i) => (i < 90 ? 0 : i));
    expect(standingOf(0, dry)?.isUnusual).toBe(false);
    expect(standingOf(99, dry)?.isUnusual).toBe(true);
  });

  it('counts categories', () => {
    const carriers = hundred.map((i) => (i === 0 ? 'ZZ' : i < 60 ? 'UA' : 'AA'));
    expect(standingOf('UA', carriers)).toMatchObject({
      isUnusual: false,
      text: 'in 59 % of 100 sampled rows',
    });
    expect(standingOf('ZZ', carriers)).toMatchObject({
      isUnusual: true,
      text: 'no other of 100 sampled rows has it',
    });
  });

  it('says how often a value is missing', () => {
    const ages = hundred.map((i) => (i < 16 ? null : i));
    expect(standingOf(null, ages)?.text).toBe('missing, as in 16 % of 100 sampled rows');
    expect(standingOf('NaN', ages)?.isUnusual).toBe(true);
    expect(isMissing(0)).toBe(false);
  });

  it('says nothing about few rows, vectors and unknown columns', () => {
    expect(standingOf(1, [1, 2, 3])).toBeUndefined();
    expect(standingOf(1, undefined)).toBeUndefined();
    expect(standingOf([1], hundred)).toBeUndefined();
  });
});
