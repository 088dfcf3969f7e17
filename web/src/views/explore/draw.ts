// From a plan and its answer to a Vega-Lite specification. Pure: what is drawn can be tested.

import type { ChartRow, ChartSpec } from '../../components/chart/types';
import {
  axisTitle,
  category,
  colour,
  countPosition,
  number,
  position,
  tooltip,
  type Channel,
} from './channels';
import { QUARTILES, type Encoding, type Plan } from './plan';
import { isCategory, type Series } from './series';
import { isSliced } from './fields';
import { bars, labelled } from './bars';
import { fieldTitle } from './words';
import type { ShelfId } from './spec';

export interface Drawing {
  spec: ChartSpec;
  rows: readonly ChartRow[];
  height: number;
}

const HEIGHT = 400;
const ROW_HEIGHT = 18;
const FACET_WIDTH = 200;
const FACET_HEIGHT = 180;
const LEGEND_WIDTH = 200;

type Unit = Record<string, unknown>;

/** `width` is what the page has for it, in pixels. */
export function draw(plan: Plan, series: Series, width: number): Drawing {
  const on = (shelf: ShelfId) => plan.encodings.find((encoding) => encoding.shelf === shelf);
  const unit = unitOf(plan, series, on);
  const y = on('y');
  const categories = y && isCategory(y) ? (series.orders.get(y)?.length ?? 0) : 0;
  const inOffset = grouped(plan, on)?.channel === 'yOffset' ? 2 : 1;
  const height = Math.max(HEIGHT, categories * ROW_HEIGHT * inOffset);
  const [column, row] = [on('column'), on('row')];
  const rows = plan.mark === 'bar' ? labelled(plan, series) : series.rows;
  if (!column && !row) return { spec: unit as unknown as ChartSpec, rows, height };

  const columns = column ? (series.orders.get(column)?.length ?? 1) : 1;
  const legend = on('colour') || plan.counted === 'colour' ? LEGEND_WIDTH : 0;
  const cell = Math.floor((width - legend - 60) / Math.max(1, columns)) - 20;
  const facet = {
    ...(column && { column: header(column, series) }),
    ...(row && { row: header(row, series) }),
  };
  const inner = {
    ...unit,
    width: Math.max(FACET_WIDTH, cell),
    height: row ? FACET_HEIGHT : Math.max(280, categories * ROW_HEIGHT),
  };
  return { spec: { facet, spec: inner } as unknown as ChartSpec, rows, height };
}

type On = (shelf: ShelfId) => Encoding | undefined;

function unitOf(plan: Plan, series: Series, on: On): Unit {
  const encoding = encodingOf(plan, series, on);
  switch (plan.mark) {
    case 'bar':
      // Without round corners: with them Vega-Lite makes stacked bars of bins zero wide.
      return bars(plan, series, encoding, orientOf(plan, on));
    case 'heat':
      return { mark: { type: 'rect' }, encoding };
    case 'point':
      return { mark: { type: 'point', filled: true, opacity: 0.75, size: 60 }, encoding };
    case 'line':
      return {
        encoding,
        layer: [
          // A line is many groups, so only its points can be picked.
          { transform: [{ calculate: 'null', as: 'i' }], mark: { type: 'line', strokeWidth: 2 } },
          { mark: { type: 'point', filled: true, opacity: 1, size: 60 } },
        ],
      };
    case 'box':
      return box(plan, encoding, on);
  }
}

/** Said, since Vega-Lite takes bins along y for the lengths of bars. */
function orientOf(plan: Plan, on: On): 'horizontal' | 'vertical' {
  const isAlongX = plan.counted === 'x' || on('x')?.role.use === 'measure';
  return isAlongX && on('y')?.role.use !== 'measure' ? 'horizontal' : 'vertical';
}

function encodingOf(plan: Plan, series: Series, on: On): Record<string, unknown> {
  const isBand = plan.mark === 'bar' || plan.mark === 'heat' || plan.mark === 'box';
  const channels: Record<string, unknown> = { tooltip: tooltip(plan) };
  const offset = grouped(plan, on);
  for (const axis of ['x', 'y'] as const) {
    const encoding = on(axis);
    if (!encoding) {
      if (plan.counted === axis) channels[axis] = stacked(countPosition(plan), plan, offset);
      continue;
    }
    // Bars beside each other need a category to stand in.
    const isOrdinal = isBand && offset && encoding.role.use === 'group';
    channels[axis] = isOrdinal
      ? category(encoding, series, axisTitle(encoding))
      : position(encoding, plan, series, isBand);
    const hasEnd = encoding.role.use === 'group' && !isCategory(encoding) && isBand && !isOrdinal;
    if (hasEnd) channels[`${axis}2`] = { field: `e${encoding.output}` };
    if (encoding.role.use === 'measure') {
      channels[axis] = stacked(channels[axis] as Channel, plan, offset);
    }
  }
  const colours = on('colour');
  if (colours) channels['color'] = colour(colours, series);
  else if (plan.counted === 'colour')
    channels['color'] = number(`v${plan.outputs.models}`, 'models');
  if (offset && colours) {
    channels[offset.channel] = { field: `n${colours.output}`, sort: series.orders.get(colours) };
  }
  const size = on('size');
  if (plan.mark === 'point' && size && size.role.use !== 'group') {
    channels['size'] = { ...number(`v${size.output}`, axisTitle(size)), scale: { zero: true } };
  } else if (plan.mark === 'point' && plan.counted === 'size') {
    channels['size'] = number(`v${plan.outputs.models}`, 'models');
  }
  return channels;
}

/** Counts of disjoint groups add up; nothing else may be stacked. */
export function canStack(plan: Plan): boolean {
  const measure = plan.encodings.find(
    ({ shelf, role }) => (shelf === 'x' || shelf === 'y') && role.use === 'measure',
  );
  const isCount = measure
    ? measure.role.use === 'measure' && measure.role.aggregate === 'count'
    : plan.counted === 'x' || plan.counted === 'y';
  const colours = plan.encodings.find(({ shelf }) => shelf === 'colour');
  return isCount && !(colours && isSliced(colours.field.id));
}

function stacked(channel: Channel, plan: Plan, offset: unknown): Channel {
  const stack = plan.mark === 'bar' && canStack(plan) && !offset ? 'zero' : null;
  return { ...channel, stack };
}

/** Where marks of one place and several colours stand beside each other. */
function grouped(plan: Plan, on: On): { channel: 'xOffset' | 'yOffset' } | undefined {
  const [x, y, colours] = [on('x'), on('y'), on('colour')];
  if (colours?.role.use !== 'group' || plan.mark === 'line') return undefined;
  const isBar = plan.mark === 'bar' || plan.mark === 'box';
  if (isBar && canStack(plan)) return undefined;
  const along = x?.role.use === 'group' ? x : y?.role.use === 'group' ? y : undefined;
  if (!along || along.field.id === colours.field.id) return undefined;
  if (!isBar && !isCategory(along)) return undefined;
  if (plan.isRows && plan.mark === 'point') return undefined;
  return { channel: along === x ? 'xOffset' : 'yOffset' };
}

/** Whiskers go to the extremes; the quartiles are the agent's, of all models and not of a sample. */
function box(plan: Plan, encoding: Record<string, unknown>, on: On): Unit {
  const at = plan.outputs.quartiles ?? 0;
  const field = (name: (typeof QUARTILES)[number]) => `v${at + QUARTILES.indexOf(name)}`;
  const along = on('y')?.role.use === 'measure' ? 'y' : 'x';
  const { [along]: measured, ...rest } = encoding;
  const tips = [
    ...(encoding['tooltip'] as Channel[]).filter((tip) => tip['type'] === 'nominal'),
    ...QUARTILES.map((name) => number(field(name), BOX_TITLES[name] ?? name)),
    number(`v${plan.outputs.models}`, 'models'),
  ];
  const measure = on(along);
  const title = measure ? fieldTitle(measure.field, measure.item) : '';
  const of = (low: string) => ({ ...(measured as Channel), field: low, title });
  const between = (low: string, high: string) => ({
    [along]: of(low),
    [`${along}2`]: { field: high },
  });
  return {
    encoding: { ...rest, tooltip: tips },
    layer: [
      { mark: { type: 'rule' }, encoding: between(field('min'), field('max')) },
      {
        mark: { type: 'bar', size: 24, opacity: 0.45 },
        encoding: between(field('q1'), field('q3')),
      },
      // Always in sight, also where one model makes a box of no height.
      {
        mark: { type: 'tick', thickness: 3, size: 24 },
        encoding: { [along]: of(field('median')) },
      },
    ],
  };
}

const BOX_TITLES: Record<string, string> = {
  min: 'smallest',
  q1: 'first quartile',
  median: 'median',
  q3: 'third quartile',
  max: 'largest',
};

function header(encoding: Encoding, series: Series): Channel {
  const title = axisTitle(encoding);
  return {
    field: `n${encoding.output}`,
    type: 'nominal',
    sort: series.orders.get(encoding),
    title,
    header: { labelLimit: 180 },
  };
}
