import { describe, expect, it } from 'vitest';
import type { ScoredRow } from '../../../lib/scored';
import { confusionOf, OTHER } from './confusion';
import { classCount, curvesOf, judge, thin } from './curves';
import { residualsOf, summarise } from './residuals';

let next = 0;
const row = (label?: number, prediction?: number, probability?: number[]): ScoredRow => ({
  id: String((next += 1)),
  label,
  prediction,
  probability,
  values: {},
});

describe('confusionOf', () => {
  it('counts by label and prediction', () => {
    const confusion = confusionOf([row(0, 0), row(0, 1), row(1, 1), row(1, 1), row(2), row()]);
    expect(confusion.classes).toEqual(['0', '1']);
    expect(confusion.counts).toEqual([
      [1, 1],
      [0, 2],
    ]);
    expect(confusion.scores[1]).toMatchObject({ rows: 2, recall: 1, precision: 2 / 3 });
    expect(confusion).toMatchObject({ rows: 4, unknown: 2, accuracy: 3 / 4 });
  });

  it('has no precision of a class that was never predicted', () => {
    expect(confusionOf([row(0, 1), row(1, 1)]).scores[0]).toMatchObject({
      precision: undefined,
      recall: 0,
    });
  });

  it('puts the rarer of very many classes together', () => {
    const rows = Array.from({ length: 40 }, (_, i) => row(i, i)).concat([row(3, 3), row(39, 0)]);
    const confusion = confusionOf(rows);
    expect(confusion.classes).toHaveLength(21);
    expect(confusion.classes.at(-1)).toBe(OTHER);
    expect(confusion.counts.flat().reduce((a, b) => a + b)).toBe(42);
    expect(confusion.accuracy).toBeCloseTo(41 / 42);
    expect(confusion.scores.at(-1)?.precision).toBeUndefined();
  });

  it('stands no rows', () => {
    expect(confusionOf([])).toMatchObject({ classes: [], rows: 0, accuracy: undefined });
  });
});

describe('curvesOf', () => {
  const scores = (...pairs: [number, boolean][]) =>
    curvesOf(pairs.map(([score, isPositive]) => ({ score, isPositive })));

  it('is one for a perfect order, zero for the opposite', () => {
    expect(scores([0.9, true], [0.1, false])).toMatchObject({
      areaUnderRoc: 1,
      averagePrecision: 1,
    });
    expect(scores([0.1, true], [0.9, false]).areaUnderRoc).toBe(0);
  });

  it('agrees with a hand count', () => {
    // Of six pairs of a positive and a negative, four are in the right order and one is a tie.
    const { areaUnderRoc, averagePrecision } = scores(
      [0.9, true],
      [0.7, false],
      [0.7, true],
      [0.4, true],
      [0.2, false],
    );
    expect(areaUnderRoc).toBeCloseTo(4.5 / 6);
    expect(averagePrecision).toBeCloseTo(1 / 3 + (1 / 3) * (2 / 3) + (1 / 3) * (3 / 4));
  });

  it('takes ties together, whatever their order', () => {
    const tied = scores([0.5, true], [0.5, false], [0.5, true], [0.5, false]);
    expect(tied.areaUnderRoc).toBe(0.5);
    expect(tied.points).toHaveLength(2);
  });

  it('has no area of one class only', () => {
    expect(scores([0.5, true], [0.4, true])).toMatchObject({
      areaUnderRoc: undefined,
      positives: 2,
      negatives: 0,
    });
    expect(scores().points).toHaveLength(1);
  });

  it('judges only rows with a label and a probability', () => {
    const rows = [row(1, 1, [0.2, 0.8]), row(1, 1), row(undefined, 1, [0.5, 0.5]), row(0, 0, [1])];
    expect(judge(rows, 1)).toEqual([{ score: 0.8, isPositive: true }]);
    expect(classCount(rows)).toBe(2);
    expect(classCount([])).toBe(0);
  });
});

it('thin keeps both ends', () => {
  const thinned = thin(
    Array.from({ length: 1000 }, (_, i) => i),
    5,
  );
  expect(thinned).toHaveLength(5);
  expect([thinned[0], thinned.at(-1)]).toEqual([0, 999]);
  expect(thin([1, 2], 5)).toEqual([1, 2]);
});

describe('residuals', () => {
  it('are label minus prediction', () => {
    const residuals = residualsOf([row(3, 1), row(5, 6), row(1), row(NaN, 1)]);
    expect(residuals.map(({ residual }) => residual)).toEqual([2, -1]);
    expect(summarise(residuals)).toMatchObject({ rows: 2, mae: 1.5, bias: 0.5, median: 1.5 });
    expect(summarise(residuals)?.rmse).toBeCloseTo(Math.sqrt(2.5));
    expect(summarise(residuals)?.r2).toBeCloseTo(1 - 2.5);
  });

  it('have no r² where labels do not vary, and no summary without rows', () => {
    expect(summarise(residualsOf([row(1, 1), row(1, 2)]))?.r2).toBeUndefined();
    expect(summarise([])).toBeUndefined();
  });
});
