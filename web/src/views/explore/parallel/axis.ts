// An axis of parallel coordinates: where values stand on it, and what a part of it means.

import { compare } from '../../../components/table/columns';
import { formatNumber, formatPlain } from '../../../lib/format';
import type { Field } from '../fields';
import { isNumber } from '../fields';
import type { Filter } from '../spec';
import { commonest } from '../series';
import { namer, OTHER, toNumber } from '../values';

export interface Axis {
  field: Field;
  /** The place of a value, 0 at the bottom and 1 at the top; `null` where there is none. */
  at: (value: unknown) => number | null;
  ticks: { at: number; label: string }[];
  /** What holds for models between two places; `undefined` where there can be none. */
  between: (low: number, high: number) => Filter['op'] | undefined;
  /** The places that a filter on this field leaves. */
  extent: (op: Filter['op']) => [number, number] | undefined;
}

const LOG_FROM = 100;
const MAX_CATEGORIES = 20;
const MAX_TICKS = 12;
/** How far a brush reaches beyond the values that it has. */
const MARGIN = 0.03;

export function makeAxis(field: Field, values: readonly unknown[]): Axis {
  if (!isNumber(field)) return categories(field, values);
  const few = distinctNumbers(values);
  const isList = field.group === 'parameter' && few.length > 0 && few.length <= MAX_TICKS;
  return isList ? listed(field, few) : numbers(field, values);
}

function distinctNumbers(values: readonly unknown[]): number[] {
  const known = values.map(toNumber).filter((value) => value !== null);
  return [...new Set(known)].sort((a, b) => a - b);
}

/** Few values stand at equal distances: of 0, 0.001, 0.1 and 10 three would be one on a scale. */
function listed(field: Field, list: readonly number[]): Axis {
  const place = (index: number) => (list.length < 2 ? 0.5 : index / (list.length - 1));
  const places = new Map(list.map((value, i) => [value, place(i)]));
  return {
    field,
    at: (value) => places.get(toNumber(value) ?? NaN) ?? null,
    ticks: list.map((value, i) => ({ at: place(i), label: formatNumber(value) })),
    between: (bottom, top) => {
      const inside = list.filter((_, i) => place(i) >= bottom && place(i) <= top);
      const [min, max] = [inside[0], inside.at(-1)];
      return min === undefined || max === undefined ? undefined : { range: { min, max } };
    },
    extent: (op) => {
      if (!('range' in op)) return undefined;
      const [min, max] = [toNumber(op.range.min) ?? -Infinity, toNumber(op.range.max) ?? Infinity];
      const inside = list.flatMap((value, i) => (value >= min && value <= max ? [place(i)] : []));
      return inside.length > 0
        ? [clamp(Math.min(...inside) - MARGIN), clamp(Math.max(...inside) + MARGIN)]
        : undefined;
    },
  };
}

/** The ends are those of the project, so that the axis stays while filters come and go. */
function numbers(field: Field, values: readonly unknown[]): Axis {
  const known = values.map(toNumber).filter((value) => value !== null);
  const ends = [toNumber(field.min), toNumber(field.max)].filter((value) => value !== null);
  let [low, high] = [Infinity, -Infinity];
  for (const value of known.concat(ends)) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = [0, 1];
  const isLog = low > 0 && high / low >= LOG_FROM;
  const to = (value: number) => (isLog ? Math.log10(value) : value);
  const from = (place: number) => (isLog ? 10 ** place : place);
  const [a, b] = [to(low), to(high)];
  const span = b - a;
  const place = (value: number) => (span === 0 ? 0.5 : (to(value) - a) / span);
  const value = (at: number) => from(a + at * span);

  return {
    field,
    at: (given) => {
      const number = toNumber(given);
      return number === null || (isLog && number <= 0) ? null : place(number);
    },
    ticks: ticksOf(low, high, isLog).map((tick) => {
      return { at: place(tick), label: formatNumber(tick, 3) };
    }),
    between: (bottom, top) => ({
      range: {
        min: readable(value(Math.max(0, bottom)), span),
        max: readable(value(Math.min(1, top)), span),
      },
    }),
    extent: (op) => {
      if (!('range' in op)) return undefined;
      const { min, max } = op.range;
      const end = (given: unknown, other: number) => {
        const number = toNumber(given);
        return number === null || (isLog && number <= 0) ? other : clamp(place(number));
      };
      return [end(min, 0), end(max, 1)];
    },
  };
}

function categories(field: Field, values: readonly unknown[]): Axis {
  const name = namer(values, field);
  const present = values.filter((value) => value != null);
  const shown = commonest(present.map(name), MAX_CATEGORIES);
  const names = [...shown].sort(compare);
  const hasOther = present.some((value) => !shown.has(name(value)));
  if (hasOther) names.push(OTHER);
  const place = (index: number) => (names.length < 2 ? 0.5 : 1 - index / (names.length - 1));
  const raw = new Map<string, string>();
  for (const value of present) raw.set(name(value), formatPlain(value));
  const places = new Map(names.map((label, i) => [label, place(i)]));

  return {
    field,
    at: (value) => (value == null ? null : (places.get(name(value)) ?? places.get(OTHER) ?? null)),
    ticks: names.map((label, i) => ({ at: place(i), label })),
    between: (bottom, top) => {
      const inside = names.filter((label, i) => {
        return label !== OTHER && place(i) >= bottom && place(i) <= top;
      });
      const found = inside.flatMap((label) => raw.get(label) ?? []);
      return found.length > 0 ? { in: found } : undefined;
    },
    extent: (op) => {
      if (!('in' in op)) return undefined;
      const found = op.in.flatMap((value) => places.get(name(value)) ?? []);
      return found.length > 0
        ? [clamp(Math.min(...found) - MARGIN), clamp(Math.max(...found) + MARGIN)]
        : undefined;
    },
  };
}

const clamp = (at: number) => Math.min(1, Math.max(0, at));

/** A number that somebody would write: as exact as the axis can show. */
function readable(value: number, span: number): number {
  if (span === 0) return value;
  return Number(value.toPrecision(4));
}

function ticksOf(low: number, high: number, isLog: boolean): number[] {
  if (isLog) {
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const count = Math.floor(Math.log10(high) + 1e-9) - first + 1;
    const step = Math.max(1, Math.ceil(count / MAX_TICKS));
    return Array.from({ length: Math.ceil(count / step) }, (_, i) => 10 ** (first + i * step));
  }
  return high === low ? [low] : [0, 0.25, 0.5, 0.75, 1].map((at) => low + at * (high - low));
}
