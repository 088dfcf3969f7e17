// Channels of Vega-Lite for what is on the shelves. Fields of rows are made by `makeSeries`, so no
// name of a project ever is part of a specification.

import { isMetric } from './fields';
import { isCategory, type Series } from './series';
import type { Encoding, Plan } from './plan';
import { directionText, titleOf } from './words';

export type Channel = Record<string, unknown>;

export const NUMBER_FORMAT = ',.5~g';

/** Numbers over more than two orders of magnitude are read on a logarithmic axis. */
const LOG_FROM = 100;

export function axisTitle(encoding: Encoding): string {
  const direction = encoding.role.use === 'group' ? '' : directionText(encoding.field);
  const counts =
    encoding.role.use === 'measure' &&
    ['count', 'distinct', 'stddev'].includes(encoding.role.aggregate);
  return direction === '' || counts ? titleOf(encoding) : `${titleOf(encoding)} (${direction})`;
}

/** A position; `isBand` asks for a place with a width, for bars and cells. */
export function position(encoding: Encoding, plan: Plan, series: Series, isBand: boolean): Channel {
  const { role, output } = encoding;
  const title = axisTitle(encoding);
  if (role.use === 'measure') return measurePosition(`v${output}`, title, plan);
  if (role.use === 'raw') {
    if (role.scale === 'time') {
      return { field: `v${output}`, type: 'temporal', scale: { type: 'utc' }, title };
    }
    const isLog = !isMetric(encoding.field) && spansMagnitudes(series, output);
    const scale = isLog ? { type: 'log', padding: 12 } : { zero: false, padding: 12 };
    return { field: `v${output}`, type: 'quantitative', scale, title };
  }
  if (isCategory(encoding)) return category(encoding, series, title);
  if (role.scale === 'time') {
    return { field: `v${output}`, type: 'temporal', scale: { type: 'utc' }, title };
  }
  if (!isBand) {
    return { field: `m${output}`, type: 'quantitative', scale: { zero: false }, title };
  }
  return { field: `v${output}`, type: 'quantitative', bin: 'binned', title };
}

/** Bars begin at zero; only points and lines may begin elsewhere. */
function measurePosition(field: string, title: string, plan: Plan): Channel {
  const scale = plan.mark === 'bar' ? { zero: true } : { zero: false };
  return { field, type: 'quantitative', scale, title, stack: null };
}

export function countPosition(plan: Plan): Channel {
  return {
    field: `v${plan.outputs.models}`,
    type: 'quantitative',
    title: 'models',
    axis: { tickMinStep: 1 },
    stack: null,
  };
}

export function category(encoding: Encoding, series: Series, title: string): Channel {
  const order = series.orders.get(encoding) ?? [];
  const isX = encoding.shelf === 'x';
  const letters = order.reduce((sum, name) => sum + Math.min(name.length, 20) + 2, 0);
  return {
    field: `n${encoding.output}`,
    type: 'nominal',
    sort: order,
    title,
    // Side by side where there is room, aslant where there is not.
    ...(isX && { axis: letters > 75 ? { labelAngle: -35, labelLimit: 130 } : { labelAngle: 0 } }),
  };
}

export function colour(encoding: Encoding, series: Series): Channel {
  const { role, output } = encoding;
  // Two lines: beside a chart there is little room.
  const direction = axisTitle(encoding).slice(titleOf(encoding).length + 1);
  const title = direction === '' ? titleOf(encoding) : [titleOf(encoding), direction];
  if (role.use !== 'group') {
    const type = role.use === 'raw' && role.scale === 'time' ? 'temporal' : 'quantitative';
    return { field: `v${output}`, type, title };
  }
  const domain = series.orders.get(encoding) ?? [];
  return { field: `n${output}`, type: 'nominal', scale: { domain }, title };
}

export function tooltip(plan: Plan): Channel[] {
  const seen = new Set<string>();
  const shown: Channel[] = plan.encodings.map((encoding) =>
    encoding.role.use === 'group' || encoding.field.kind === 'time'
      ? { field: `n${encoding.output}`, type: 'nominal', title: titleOf(encoding) }
      : number(`v${encoding.output}`, titleOf(encoding)),
  );
  const { models } = plan.outputs;
  if (models !== undefined) shown.push(number(`v${models}`, 'models'));
  return shown.filter(({ field }) => {
    const isNew = !seen.has(String(field));
    seen.add(String(field));
    return isNew;
  });
}

export function number(field: string, title: string): Channel {
  return { field, type: 'quantitative', title, format: NUMBER_FORMAT };
}

function spansMagnitudes(series: Series, output: number): boolean {
  let [min, max] = [Infinity, -Infinity];
  for (const row of series.rows) {
    const value = row[`v${output}`];
    if (typeof value !== 'number') continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return min > 0 && max / min >= LOG_FROM;
}
