// A choice of columns as a Vega-Lite specification and the rows it draws.

import type { ChartRow, ChartSpec } from '../../components/chart/types';
import { shortClass } from '../../lib/names';
import { isNumber, type ChartChoice, type ResultColumn, type Table } from './chartChoice';

export interface Drawing {
  spec: ChartSpec;
  data: ChartRow[];
  height: number;
  /** What the drawing leaves out or sums up, in words. */
  notes: string[];
}

const HEIGHT = 360;
const CATEGORIES_MAX = 50;
const COLOURS_MAX = 8;
const CATEGORY_HEIGHT = 28;
const FEW_POINTS = 30;

/** Fields have names of our own: those of columns may have dots, brackets, anything. */
export function draw({ columns, rows }: Table, choice: ChartChoice): Drawing {
  const notes: string[] = [];
  const of = (name: string) => columns.find((column) => column.name === name);
  const [x, y, colour] = [of(choice.x), of(choice.y), of(choice.colour)];
  const used = { x, y, colour };
  let data = rows.map((row): ChartRow => {
    const read = (column: ResultColumn | undefined) =>
      column ? readValue(row[columns.indexOf(column)], column) : undefined;
    return { x: read(x), y: read(y), colour: read(colour) };
  });

  let tallest = 0;
  for (const axis of ['x', 'y'] as const) {
    const column = used[axis];
    if (!column || !isDiscrete(column, choice)) continue;
    const kept = commonest(data, axis, CATEGORIES_MAX);
    if (kept.hidden > 0) {
      notes.push(
        `${kept.values.size} of ${kept.values.size + kept.hidden} values of ${column.name} are drawn`,
      );
      data = data.filter((row) => kept.values.has(row[axis]));
    }
    if (axis === 'y') tallest = kept.values.size;
  }
  if (colour && !isNumber(colour)) {
    const kept = commonest(data, 'colour', COLOURS_MAX - 1);
    if (kept.hidden > 1) {
      notes.push(`${kept.hidden} rarer values of ${colour.name} are “other”`);
      data = data.map((row) =>
        kept.values.has(row['colour']) ? row : { ...row, colour: 'other' },
      );
    }
  }

  const isCount = !x || !y;
  const isRepeated = choice.mark === 'bar' && !isCount && hasRepeats(data, used, choice);
  const value = y && isNumber(y) && !(x && isNumber(x) && isDiscrete(y, choice)) ? 'y' : 'x';
  if (isRepeated) notes.push(`Bars are means: several rows share a bar`);
  const channel = (axis: 'x' | 'y') =>
    channelOf(axis, used[axis], choice, { isCount, isMean: isRepeated && axis === value });

  const spec: ChartSpec = {
    mark: markOf(choice, data.length),
    encoding: {
      x: channel('x'),
      y: channel('y'),
      ...(colour && {
        color: {
          field: 'colour',
          type: isNumber(colour) ? 'quantitative' : 'nominal',
          title: colour.name,
        },
        // Groups side by side: stacked means or values would be sums that mean nothing.
        ...(choice.mark === 'bar' &&
          !isCount &&
          !isNumber(colour) && { [value === 'x' ? 'yOffset' : 'xOffset']: { field: 'colour' } }),
      }),
    } as ChartSpec extends { encoding?: infer E } ? E : never,
  } as ChartSpec;
  // A few bars must not fill the screen.
  const height = tallest > 0 ? Math.max(140, tallest * CATEGORY_HEIGHT + 60) : HEIGHT;
  return { spec, data, height, notes };
}

function readValue(value: unknown, column: ResultColumn): unknown {
  if (isNumber(column)) return typeof value === 'number' ? value : null;
  if (value === null || value === undefined) return '(none)';
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'string' && column.kind === 'text' ? shortClass(value) : value;
}

function isDiscrete(column: ResultColumn, { mark }: ChartChoice): boolean {
  if (mark === 'histogram') return false;
  return !isNumber(column) && column.kind !== 'time';
}

function commonest(data: readonly ChartRow[], field: string, most: number) {
  const counts = new Map<unknown, number>();
  for (const row of data) counts.set(row[field], (counts.get(row[field]) ?? 0) + 1);
  // Equal counts stay in the order of the rows, which is the query's.
  const ranked = [...counts].sort((a, b) => b[1] - a[1]);
  const values = new Set(ranked.slice(0, most).map(([value]) => value));
  return { values, hidden: Math.max(0, ranked.length - most) };
}

function hasRepeats(
  data: readonly ChartRow[],
  used: { x: ResultColumn | undefined; y: ResultColumn | undefined },
  choice: ChartChoice,
): boolean {
  const axis = used.y && isDiscrete(used.y, choice) ? 'y' : 'x';
  const keys = data.map((row) => JSON.stringify([row[axis], row['colour']]));
  return new Set(keys).size < keys.length;
}

function channelOf(
  axis: 'x' | 'y',
  column: ResultColumn | undefined,
  choice: ChartChoice,
  { isCount, isMean }: { isCount: boolean; isMean: boolean },
): object {
  if (!column) return { aggregate: 'count', title: 'rows', type: 'quantitative' };
  const base = { field: axis, title: isMean ? `mean of ${column.name}` : column.name };
  if (isNumber(column)) {
    const isBinned = choice.mark === 'histogram' || (choice.mark === 'bar' && isCount);
    return {
      ...base,
      type: 'quantitative',
      ...(isBinned && { bin: { maxbins: 30 } }),
      ...(isMean && { aggregate: 'mean' }),
      ...(column.kind === 'integer' && !isMean && { axis: { tickMinStep: 1 } }),
      ...(!isBinned && choice.mark !== 'bar' && { scale: { zero: false } }),
    };
  }
  if (column.kind === 'time') return { ...base, type: 'temporal' };
  return { ...base, type: 'nominal', sort: null, axis: { labelLimit: 180 } };
}

function markOf({ mark }: ChartChoice, rows: number): object | string {
  if (mark === 'histogram') return 'bar';
  if (mark === 'line') return { type: 'line', point: rows <= FEW_POINTS * 4 };
  if (mark === 'point')
    return { type: 'point', filled: true, size: 50, opacity: rows > 500 ? 0.4 : 0.8 };
  return 'bar';
}
