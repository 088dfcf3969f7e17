import { describe, expect, it } from 'vitest';
import { GROUP_LIMIT, ROW_LIMIT } from './plan';
import { plan } from './testFields';

const AUC = { field: 'metric:auc' };
const FAMILY = { field: 'family' };
const REG = { field: 'param:regParam' };
const DEPTH = { field: 'param:maxDepth' };

describe('makePlan', () => {
  it('takes the mean of a metric by a category, and draws bars', () => {
    const { query, mark } = plan({ x: FAMILY, y: AUC });
    expect(mark).toBe('bar');
    expect(query.dimensions).toEqual([{ field: 'family', top: 20 }]);
    expect(query.measures).toEqual([
      { aggregate: 'mean', field: 'metric:auc' },
      { aggregate: 'count' },
    ]);
    expect(query.filters).toEqual([{ field: 'metric:auc', op: { missing: false } }]);
    expect(query.limit).toBe(GROUP_LIMIT);
  });

  it('never sums a metric by itself, on whichever shelf', () => {
    for (const shelf of ['x', 'y', 'colour', 'size'] as const) {
      const { query } = plan({ [shelf]: AUC, column: FAMILY });
      expect(query.measures.some(({ aggregate }) => aggregate === 'sum')).toBe(false);
    }
  });

  it('shows each model for a number against a metric, and says how many at most', () => {
    const { query, mark, isRows } = plan({ x: REG, y: AUC, colour: FAMILY });
    expect([isRows, mark]).toEqual([true, 'point']);
    expect(query.columns.map(({ field }) => field)).toEqual([
      'param:regParam',
      'metric:auc',
      'family',
      'model_id',
      'family',
    ]);
    expect(query.limit).toBe(ROW_LIMIT);
    expect(query.filters.map(({ field }) => field)).toEqual(['param:regParam', 'metric:auc']);
  });

  it('draws a line of means over a number with few values', () => {
    const { query, mark } = plan({ x: DEPTH, y: AUC });
    expect(mark).toBe('line');
    expect(query.dimensions).toEqual([{ field: 'param:maxDepth' }]);
  });

  it('shows each model where that is asked for', () => {
    expect(plan({ x: DEPTH, y: { ...AUC, aggregate: 'raw' } }).isRows).toBe(true);
    expect(plan({ x: { field: 'started_at', unit: 'raw' }, y: AUC }).isRows).toBe(true);
  });

  it('counts models in bins of a number alone, and by day', () => {
    const histogram = plan({ x: AUC });
    expect(histogram.query.dimensions).toEqual([{ field: 'metric:auc', bins: 20 }]);
    expect([histogram.mark, histogram.counted]).toEqual(['bar', 'y']);
    const days = plan({ x: { field: 'started_at' } });
    expect(days.query.dimensions).toEqual([{ field: 'started_at', truncate: 'day' }]);
    expect(days.mark).toBe('line');
    expect(days.query.filters).toEqual([]);
  });

  it('puts a number in bins where the other axis is computed', () => {
    const { query } = plan({ x: REG, y: { ...AUC, aggregate: 'best' } });
    expect(query.dimensions).toEqual([{ field: 'param:regParam', bins: 20 }]);
  });

  it('makes a heat map of two categories, of the metric or of how many', () => {
    expect(plan({ x: { field: 'slice' }, y: FAMILY, colour: AUC })).toMatchObject({
      mark: 'heat',
      isSliced: true,
    });
    expect(plan({ x: { field: 'status' }, y: FAMILY })).toMatchObject({
      mark: 'heat',
      counted: 'colour',
    });
  });

  it('asks the agent for quartiles', () => {
    const { query, outputs } = plan({ x: FAMILY, y: AUC }, { mark: 'box' });
    expect(query.measures.slice(1, 6).map(({ aggregate }) => aggregate)).toEqual([
      'min',
      'q1',
      'median',
      'q3',
      'max',
    ]);
    expect(outputs.quartiles).toBe(2);
  });

  it('keeps a mark only where it can be drawn', () => {
    expect(plan({ x: FAMILY }, { mark: 'box' }).mark).toBe('bar');
    expect(plan({ x: REG, y: AUC }, { mark: 'bar' }).mark).toBe('point');
  });

  it('folds many categories, fewer of colours than on an axis', () => {
    const tops = (shelves: Parameters<typeof plan>[0]) =>
      plan(shelves).query.dimensions.map(({ top }) => top);
    expect(tops({ x: { field: 'status' }, y: AUC, colour: FAMILY })).toEqual([20, 7]);
    expect(tops({ x: { ...FAMILY, top: 3 }, y: AUC })).toEqual([3]);
    // The same field twice is one dimension, cut in one way.
    expect(tops({ x: FAMILY, y: AUC, colour: FAMILY })).toEqual([20]);
  });

  it('takes a metric on a slice', () => {
    const slice = "(carrier = 'AA')";
    const { query } = plan({ x: FAMILY, y: { ...AUC, slice } });
    expect(query.measures[0]).toEqual({ aggregate: 'mean', field: 'metric:auc', slice });
    expect(query.filters).toEqual([{ field: 'metric:auc', slice, op: { missing: false } }]);
  });

  it('leaves it to somebody who asks for models without the metric', () => {
    const filters = [{ field: 'metric:auc', op: { missing: true } }];
    expect(plan({ x: FAMILY, y: AUC }, { filters }).query.filters).toEqual(filters);
  });

  it('says what it cannot place', () => {
    const { problems, encodings } = plan({
      x: { field: 'param:gone' },
      y: { field: 'source_columns' },
      size: FAMILY,
    });
    expect(encodings).toEqual([]);
    expect(problems).toHaveLength(3);
  });
});
