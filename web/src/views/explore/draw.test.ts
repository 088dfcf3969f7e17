import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { describe, expect, it } from 'vitest';
import { canStack, draw } from './draw';
import type { Plan } from './plan';
import { makeSeries } from './series';
import { answer, plan } from './testFields';
import { describe as words, notesOf } from './words';

const AUC = { field: 'metric:auc' };
const FAMILY = { field: 'family' };

interface Unit {
  mark: { type: string };
  encoding: Record<string, Record<string, unknown>>;
  layer?: Unit[];
}

function drawn(made: Plan, rows: unknown[][], more = {}) {
  const series = makeSeries(made, answer(made, rows, more));
  const { spec, rows: marks } = draw(made, series, 800);
  // Vega-Lite understands it.
  compile({ ...spec, data: { name: 'rows' } });
  return { series, marks, spec: spec as unknown as Unit };
}

describe('draw', () => {
  it('puts means of colours beside each other and never on each other', () => {
    const made = plan({ x: { field: 'slice' }, y: AUC, colour: FAMILY });
    const { spec } = drawn(made, [
      ['all rows', 'a.B', 0.7, 2],
      ['all rows', 'a.C', 0.8, 3],
    ]);
    expect(spec.encoding['y']?.['stack']).toBeNull();
    expect(spec.encoding['xOffset']?.['field']).toBe('n1');
    expect(canStack(made)).toBe(false);
  });

  it('stacks counts of models, but not where a model is on several slices', () => {
    const counts = plan({ x: FAMILY, colour: { field: 'status' } });
    const { spec } = drawn(counts, [['a.B', 'finished', 2]]);
    expect(spec.encoding['y']?.['stack']).toBe('zero');
    const sliced = plan({ x: FAMILY, colour: { field: 'slice' } });
    expect(drawn(sliced, [['a.B', 'all rows', 2]]).spec.encoding['y']?.['stack']).toBeNull();
  });

  it('begins bars at zero, and lines where the values are', () => {
    const bars = drawn(plan({ x: FAMILY, y: AUC }), [['a.B', 0.7, 2]]).spec;
    expect(bars.encoding['y']?.['scale']).toEqual({ zero: true });
    const line = drawn(plan({ x: { field: 'param:maxDepth' }, y: AUC }), [[5, 0.7, 2]]).spec;
    expect(line.encoding['y']?.['scale']).toEqual({ zero: false });
    expect(line.layer).toHaveLength(2);
  });

  it('orders categories by the metric, the best first, and what is other last', () => {
    const order = (made: Plan, rows: unknown[][]) =>
      [...drawn(made, rows).series.orders.values()][0];
    const rows = [
      ['a.B', 0.7, 2],
      ['other', 0.9, 9],
      ['a.C', 0.8, 3],
      [null, 0.95, 1],
    ];
    expect(order(plan({ x: FAMILY, y: AUC }), rows)).toEqual(['C', 'B', 'other', '(none)']);
    expect(order(plan({ x: FAMILY, y: { field: 'metric:rmse' } }), rows)).toEqual([
      'B',
      'C',
      'other',
      '(none)',
    ]);
    expect(order(plan({ x: { ...FAMILY, sort: 'name' }, y: AUC }), rows)).toEqual([
      'B',
      'C',
      'other',
      '(none)',
    ]);
  });

  it('keeps values of a number in their order', () => {
    const made = plan({ x: { field: 'param:maxDepth' }, y: AUC });
    const { series } = drawn(made, [
      [10, 0.7, 1],
      [5, 0.9, 1],
    ]);
    expect([...series.orders.values()][0]).toEqual(['5', '10']);
  });

  it('tells two classes of one name apart', () => {
    const made = plan({ x: FAMILY, y: AUC });
    const { series } = drawn(made, [
      ['a.B', 0.7, 1],
      ['c.B', 0.8, 1],
      ['a.D', 0.6, 1],
    ]);
    expect(series.rows.map((row) => row['n0'])).toEqual(['a.B', 'c.B', 'D']);
  });

  it('never lets a name into the specification but as a value', () => {
    const evil = '"];alert(1)//<img src=x onerror=alert(1)>';
    const made = plan({ x: FAMILY, y: AUC });
    const { spec } = drawn(made, [[evil, 0.7, 1]]);
    expect(spec.encoding['x']?.['field']).toBe('n0');
  });

  it('draws boxes, heat maps, histograms and facets that Vega-Lite takes', () => {
    drawn(plan({ x: FAMILY, y: AUC, colour: { field: 'status' } }, { mark: 'box' }), [
      ['a.B', 'finished', 0.7, 0.1, 0.2, 0.3, 0.4, 0.5, 3],
    ]);
    drawn(plan({ x: { field: 'slice' }, y: FAMILY, colour: AUC }), [['all rows', 'a.B', 0.7, 1]]);
    const bins = plan({ x: AUC });
    const { series } = drawn(bins, [[0.5, 3]], {
      outputs: [
        { label: '', kind: 'number', bin_width: 0.1 },
        { label: '', kind: 'integer' },
      ],
    });
    expect(series.rows[0]).toMatchObject({ v0: 0.5, e0: 0.6, n0: '0.5–0.6' });
    drawn(plan({ x: FAMILY, y: AUC, column: { field: 'status' }, row: { field: 'slice' } }), [
      ['a.B', 'finished', 'all rows', 0.7, 1],
    ]);
    drawn(plan({ x: { field: 'started_at' }, colour: FAMILY }, { mark: 'bar' }), [
      ['2026-11-29T00:00:00Z', 'a.B', 3],
    ]);
  });

  it.each(['x', 'y'] as const)(
    'draws a histogram along %s whose bars have an area',
    async (axis) => {
      const made = plan({ [axis]: AUC, colour: FAMILY });
      const rows = [
        [0.5, 'a.B', 3],
        [0.6, 'a.B', 1],
      ];
      const outputs = [
        { label: '', kind: 'number', bin_width: 0.1 },
        { label: '', kind: 'text' },
        { label: '', kind: 'integer' },
      ];
      const { series, spec } = drawn(made, rows, { outputs });
      const values = series.rows.map((row) => ({ ...row }));
      const full = {
        ...spec,
        width: 200,
        height: 100,
        data: { values },
      } as unknown as TopLevelSpec;
      const svg = await new View(parse(compile(full).spec), { renderer: 'none' }).toSVG();
      const sizes = [...svg.matchAll(/aria-roledescription="bar" d="M[^h]+h([\d.]+)v([\d.]+)/g)];
      expect(sizes).toHaveLength(2);
      for (const [, width, height] of sizes)
        expect(Number(width) * Number(height)).toBeGreaterThan(100);
    },
  );

  it('leaves out what is no number', () => {
    const made = plan({ x: { field: 'param:regParam' }, y: AUC });
    const { series } = drawn(made, [['NaN', 0.5, 'm', 'a.B']]);
    expect(series.rows[0]).toMatchObject({ v0: null, v1: 0.5 });
  });
});

describe('words', () => {
  it('says when the limit of points bit', () => {
    const made = plan({ x: { field: 'param:regParam' }, y: AUC });
    const { series } = drawn(made, [[1, 0.5, 'm', 'a.B']], { truncated: true, total: 100_000 });
    expect(notesOf(made, series)[0]).toBe('2,000 of 100,000 models shown: the newest.');
  });

  it('says what other is, and which models are left out', () => {
    const made = plan({ x: FAMILY, y: AUC });
    const { series } = drawn(made, [
      ['other', 0.7, 1],
      ['a.B', 0.8, 1],
    ]);
    expect(notesOf(made, series)).toEqual([
      'Models without auc are left out.',
      '“other” is every family beyond the 20 commonest.',
    ]);
    expect(words(made, series)).toBe(
      'Bars: mean auc by family. 2 groups. Highest: B, 0.8; lowest: other, 0.7.',
    );
  });
});

it('writes values at the bars of a metric, and which is the best', () => {
  const made = plan({ x: FAMILY, y: AUC }, { mark: 'bar' });
  const rows = [
    ['a.Tree', 0.68, 2],
    ['a.Forest', 0.681, 2],
  ];
  const { spec, marks } = drawn(made, rows);
  expect(marks.map((mark) => mark['label'])).toEqual(['0.68', '0.681 best']);
  expect(JSON.stringify(spec)).toContain('"type":"text"');
  const counts = drawn(plan({ x: FAMILY }, { mark: 'bar' }), [['a.Tree', 2]]);
  expect(JSON.stringify(counts.spec)).not.toContain('"type":"text"');
});
