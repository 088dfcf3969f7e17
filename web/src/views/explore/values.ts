// From values of an answer to what is drawn and read.

import { formatNumber } from '../../lib/format';
import { shortClass } from '../../lib/names';
import { sliceLabel } from '../../query/fieldRef';
import { isClass, type Field } from './fields';
import type { Unit } from './spec';

export const NONE = '(none)';
/** How the agent calls texts beyond the commonest. */
export const OTHER = 'other';

/** A number to draw; NaN and the infinities travel as text and have no place on an axis. */
export function toNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function toTime(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? null : time;
}

export type Namer = (value: unknown) => string;

/**
 * Names for the values of a category. Classes are shortened, but two classes of one name keep their
 * packages, or they would be drawn as one.
 */
export function namer(values: readonly unknown[], field: Pick<Field, 'id'>): Namer {
  if (field.id === 'slice') return (value) => sliceLabel(plain(value));
  if (!isClass(field)) return plain;
  const full = new Map<string, Set<unknown>>();
  for (const value of values) {
    const name = shortClass(plain(value));
    full.set(name, (full.get(name) ?? new Set()).add(value));
  }
  return (value) => {
    const name = shortClass(plain(value));
    return (full.get(name)?.size ?? 0) > 1 ? plain(value) : name;
  };
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return NONE;
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'string') return value === '' ? '(empty)' : value;
  return JSON.stringify(value);
}

/** `0.1–0.2`: from the lower end up to the upper, which is not included. */
export function binName(lower: unknown, width: number | null | undefined): string {
  const from = toNumber(lower);
  if (from === null) return NONE;
  return width ? `${formatNumber(from)}–${formatNumber(from + width)}` : formatNumber(from);
}

const LENGTH: Record<Unit, number> = { minute: 16, hour: 16, day: 10, week: 10, month: 7, year: 4 };

export function timeName(value: unknown, unit: Unit | undefined): string {
  const time = toTime(value);
  if (time === null) return NONE;
  const text = new Date(time).toISOString().replace('T', ' ');
  return unit === 'week' ? `week of ${text.slice(0, 10)}` : text.slice(0, unit ? LENGTH[unit] : 19);
}

/** The first moment after the unit that begins at `time`. */
export function unitEnd(time: number, unit: Unit): number {
  const date = new Date(time);
  if (unit === 'month') return date.setUTCMonth(date.getUTCMonth() + 1);
  if (unit === 'year') return date.setUTCFullYear(date.getUTCFullYear() + 1);
  const lengths = { minute: 60e3, hour: 3600e3, day: 86_400e3, week: 7 * 86_400e3 };
  return time + lengths[unit];
}
