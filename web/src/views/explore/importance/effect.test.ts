import { describe, expect, it } from 'vitest';
import { effectOf, groupBy } from './effect';
import { rankEffects } from './ranking';
import { field } from '../testFields';

/** Numbers that look random and are the same in every run. */
function noise(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43758.5453;
  return x - Math.floor(x);
}

describe('effectOf', () => {
  it('is one where the parameter says all, and tells which value is best', () => {
    const pairs = Array.from({ length: 30 }, (_, i) => [i % 3, (i % 3) / 10] as const);
    expect(effectOf(pairs, true)).toMatchObject({ eta: 1, share: 1, groups: 3, best: '2' });
    expect(effectOf(pairs, false).best).toBe('0');
  });

  it('is about nothing for chance, where the uncorrected share is not', () => {
    const pairs = Array.from({ length: 40 }, (_, i) => [`v${i % 10}`, noise(i)] as const);
    const { share = 1, eta = 0 } = effectOf(pairs, true);
    expect(eta).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.1);
  });

  it('agrees with a computation by hand', () => {
    // Groups {1, 2, 3} and {3, 4, 5}: SS_total 10, SS_within 4, so η² = 0.6 and ε² = (6 − 1) ∕ 10.
    const pairs = ([1, 2, 3] as const).flatMap(
      (v) =>
        [
          ['a', v],
          ['b', v + 2],
        ] as const,
    );
    const { eta, share } = effectOf(pairs, true);
    expect(eta).toBeCloseTo(0.6);
    expect(share).toBeCloseTo(0.5);
  });

  it('says nothing of too few models, one group, or a metric that does not vary', () => {
    expect(
      effectOf(
        [
          ['a', 1],
          ['b', 2],
        ],
        true,
      ).share,
    ).toBeUndefined();
    expect(
      effectOf(
        Array.from({ length: 9 }, () => ['a', 1] as const),
        true,
      ).share,
    ).toBeUndefined();
    expect(
      effectOf(
        Array.from({ length: 9 }, (_, i) => [i % 2, 1] as const),
        true,
      ).share,
    ).toBeUndefined();
  });

  it('counts only models that have the parameter and a number', () => {
    const pairs = [
      [null, 1],
      ['a', 'NaN'],
      ['a', null],
      ['a', 1],
    ] as const;
    expect(effectOf(pairs, true).models).toBe(1);
  });
});

describe('groupBy', () => {
  it('puts many numbers in bins of about as many models, equal ones together', () => {
    const known = Array.from({ length: 800 }, (_, i) => ({ parameter: i < 300 ? 0 : i, value: i }));
    const groups = groupBy(known);
    expect(groups.length).toBeLessThanOrEqual(8);
    expect(groups[0]?.values).toHaveLength(300);
    expect(groups.reduce((sum, { values }) => sum + values.length, 0)).toBe(800);
  });

  it('folds many texts', () => {
    const known = Array.from({ length: 100 }, (_, i) => ({ parameter: `t${i}`, value: i }));
    expect(groupBy(known).at(-1)).toMatchObject({ name: 'other', values: { length: 80 } });
  });
});

it('ranks what explains most first', () => {
  const rows = Array.from({ length: 40 }, (_, i) => [
    (i % 2) + noise(i) / 10,
    'a.B',
    noise(i + 99),
    i % 2,
  ]);
  const ranked = rankEffects(
    rows,
    [field('param:noise'), field('param:cause')],
    field('metric:auc', { larger_is_better: true }),
  );
  expect(ranked.map(({ id }) => id)).toEqual(['param:cause', 'param:noise']);
});
