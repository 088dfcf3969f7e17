import { describe, expect, it } from 'vitest';
import { modelsLink, pickGroup } from './pick';
import { makeSeries } from './series';
import { answer, plan } from './testFields';

const AUC = { field: 'metric:auc' };

function filtersOf(made: ReturnType<typeof plan>, rows: unknown[][], row: number, more = {}) {
  const series = makeSeries(made, answer(made, rows, more));
  return pickGroup(made, series, row)?.filters;
}

describe('pickGroup', () => {
  it('filters to a category, to those without one, and to the others', () => {
    const made = plan({ x: { field: 'family' }, y: AUC });
    const rows = [
      ['a.B', 0.7, 2],
      [null, 0.5, 1],
      ['other', 0.6, 4],
    ];
    expect(filtersOf(made, rows, 0)).toEqual([{ field: 'family', op: { in: ['a.B'] } }]);
    expect(filtersOf(made, rows, 1)).toEqual([{ field: 'family', op: { missing: true } }]);
    expect(filtersOf(made, rows, 2)).toEqual([{ field: 'family', op: { not_in: ['a.B', null] } }]);
  });

  it('filters to a bin without the beginning of the next', () => {
    const outputs = [
      { label: '', kind: 'number', bin_width: 0.1 },
      { label: '', kind: 'integer' },
    ];
    const filters = filtersOf(plan({ x: AUC }), [[0.5, 3]], 0, { outputs });
    const op = filters?.[0]?.op;
    if (!op || !('range' in op)) throw new Error('no range');
    expect(op.range.min).toBe(0.5);
    expect(op.range.max).toBeLessThan(0.6);
    expect(op.range.max).toBeCloseTo(0.6);
  });

  it('filters to a day', () => {
    expect(
      filtersOf(plan({ x: { field: 'started_at' } }), [['2026-11-29T00:00:00Z', 3]], 0),
    ).toEqual([
      {
        field: 'started_at',
        op: { range: { min: '2026-11-29T00:00:00.000Z', max: '2026-11-29T23:59:59.999Z' } },
      },
    ]);
  });
});

it('links to the models without filters on slices, which models do not have', () => {
  const link = modelsLink('a&b', 'all', [
    { field: 'slice', op: { in: ['x'] } },
    { field: 'family', op: { in: ['a.B'] } },
  ]);
  const params = new URLSearchParams(link.slice(link.indexOf('?')));
  expect(params.get('project')).toBe('a&b');
  expect(params.get('scope')).toBe('all');
  expect(JSON.parse(params.get('filters') ?? '')).toEqual([
    { field: 'family', op: { in: ['a.B'] } },
  ]);
});
