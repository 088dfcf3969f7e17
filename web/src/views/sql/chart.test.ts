import { expect, it } from 'vitest';
import { choose, NONE, withChoice, type Table } from './chartChoice';
import { draw } from './chartSpec';

function table(kinds: Record<string, Table['columns'][number]['kind']>, rows: unknown[][]): Table {
  const columns = Object.entries(kinds).map(([name, kind]) => ({ name, kind, sql_type: '' }));
  return { columns, rows: rows };
}

const fits = table({ estimator: 'text', fits: 'integer' }, [
  ['LR', 3],
  ['RF', 1],
]);

it('draws bars of a number for each text', () => {
  expect(choose(fits)).toEqual({ mark: 'bar', x: 'fits', y: 'estimator', colour: '' });
});

it('draws a line over a number that grows, and points over time', () => {
  const growing = table({ reg: 'number', auc: 'number' }, [
    [0.1, 0.7],
    [0.2, 0.8],
    [0.3, 0.7],
  ]);
  expect(choose(growing)).toMatchObject({ mark: 'line', x: 'reg', y: 'auc' });
  const rows = Array.from({ length: 6 }, (_, i) => [`2026-0${i + 1}-01`, i % 2 ? 'a' : 'b', i]);
  expect(choose(table({ at: 'time', metric: 'text', value: 'number' }, rows))).toEqual({
    mark: 'point',
    x: 'at',
    y: 'value',
    colour: 'metric',
  });
});

it('draws a histogram of one number, counts of one text, and nothing of nothing', () => {
  expect(choose(table({ v: 'number' }, [[1]]))?.mark).toBe('histogram');
  expect(choose(table({ model_id: 'text' }, [['m']]))).toMatchObject({ x: '', y: 'model_id' });
  expect(choose(table({ v: 'number' }, []))).toBeUndefined();
  expect(choose(table({ v: 'json' }, [[{}]]))).toBeUndefined();
});

it('does not tell rows apart by what is the same in all of them', () => {
  const same = table({ project: 'text', label: 'number', prediction: 'number' }, [
    ['p', 1, 0.5],
    ['p', 0, 0.2],
  ]);
  expect(choose(same)).toMatchObject({ mark: 'point', x: 'prediction', y: 'label' });
});

it('takes choices that are columns', () => {
  const automatic = { mark: 'bar', x: 'fits', y: 'estimator', colour: '' } as const;
  expect(
    withChoice(automatic, fits.columns, { x: 'gone', colour: 'estimator', mark: 'point' }),
  ).toEqual({
    mark: 'point',
    x: 'fits',
    y: 'estimator',
    colour: 'estimator',
  });
  expect(withChoice(automatic, fits.columns, { x: NONE }).x).toBe('');
});

it('says when bars are means, and never stacks them', () => {
  const twice = table({ e: 'text', c: 'text', v: 'number' }, [
    ['a', 'x', 1],
    ['a', 'x', 3],
    ['a', 'y', 5],
  ]);
  const { spec, notes } = draw(twice, { mark: 'bar', x: 'v', y: 'e', colour: 'c' });
  expect(spec).toMatchObject({
    encoding: { x: { aggregate: 'mean', title: 'mean of v' }, yOffset: { field: 'colour' } },
  });
  expect(notes).toHaveLength(1);
  const once = draw(fits, { mark: 'bar', x: 'fits', y: 'estimator', colour: '' });
  expect(once.notes).toEqual([]);
  expect(once.data[0]).toEqual({ x: 3, y: 'LR', colour: undefined });
});

it('says what it leaves out', () => {
  const many = table(
    { e: 'text', v: 'number' },
    Array.from({ length: 80 }, (_, i) => [`e${i}`, i]),
  );
  const { notes, data } = draw(many, { mark: 'bar', x: 'v', y: 'e', colour: '' });
  expect(notes[0]).toBe('50 of 80 values of e are drawn');
  expect(data).toHaveLength(50);
  const colours = draw(many, { mark: 'point', x: 'v', y: 'v', colour: 'e' });
  expect(colours.notes[0]).toMatch(/73 rarer values/);
});
