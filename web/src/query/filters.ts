// Filters as the API has them: what people do to them, and how they read.

import type { components } from '../api/schema';
import { formatNumber, formatUtc } from '../lib/format';
import { shortClass } from '../lib/names';
import { keyOf, refOf, type Fields } from './fieldRef';

export type Filter = components['schemas']['Filter'];
export type Op = Filter['op'];
export type Scalar = components['schemas']['Scalar'];

export const filterKey = (filter: Filter): string => keyOf(filter);

export function filterOf(key: string, op: Op): Filter {
  return { ...refOf(key), op };
}

/** The filter is put in the place of the one it edits, or at the end. */
export function putFilter(filters: readonly Filter[], filter: Filter, at?: number): Filter[] {
  if (at === undefined) return [...filters, filter];
  return filters.map((old, i) => (i === at ? filter : old));
}

/** Only models with this value: what else was asked of it in that way is replaced. */
export function onlyValue(filters: readonly Filter[], key: string, value: Scalar | null): Filter[] {
  const rest = filters.filter((old) => filterKey(old) !== key || !isSet(old.op));
  return [...rest, filterOf(key, { in: [value] })];
}

/** This value too: a second value of a field that is dropped widens the first's filter. */
export function orValue(filters: readonly Filter[], key: string, value: Scalar | null): Filter[] {
  const at = filters.findIndex((old) => filterKey(old) === key && 'in' in old.op);
  const old = filters[at]?.op;
  if (!old || !('in' in old)) return onlyValue(filters, key, value);
  if (old.in.includes(value)) return [...filters];
  return putFilter(filters, filterOf(key, { in: [...old.in, value] }), at);
}

export function notValue(filters: readonly Filter[], key: string, value: Scalar | null): Filter[] {
  const at = filters.findIndex((old) => filterKey(old) === key && 'not_in' in old.op);
  const old = filters[at]?.op;
  if (!old || !('not_in' in old)) return [...filters, filterOf(key, { not_in: [value] })];
  if (old.not_in.includes(value)) return [...filters];
  return putFilter(filters, filterOf(key, { not_in: [...old.not_in, value] }), at);
}

/** At least, or at most, this value: the other end of a range that is there stays. */
export function boundBy(
  filters: readonly Filter[],
  key: string,
  end: 'min' | 'max',
  value: Scalar,
): Filter[] {
  const at = filters.findIndex((old) => filterKey(old) === key && 'range' in old.op);
  const old = filters[at]?.op;
  if (!old || !('range' in old)) return [...filters, filterOf(key, { range: { [end]: value } })];
  return putFilter(filters, filterOf(key, { range: { ...old.range, [end]: value } }), at);
}

const isSet = (op: Op): boolean => 'in' in op || 'not_in' in op;

/** As a sentence: `family is LogisticRegression`, `0.6 ≤ areaUnderROC`. */
export function filterText(filter: Filter, fields: Fields): string {
  const key = filterKey(filter);
  const name = fields.label(key);
  const { op } = filter;
  const isTime = fields.kind(key) === 'time';
  const show = (value: Scalar | null) => valueText(value, isTime);
  if ('in' in op) return `${name} is ${either(op.in.map(show))}`;
  if ('not_in' in op) return `${name} is not ${either(op.not_in.map(show))}`;
  if ('contains' in op) return `${name} contains “${op.contains}”`;
  if ('missing' in op) return op.missing ? `${name} is missing` : `${name} is known`;
  const { min, max } = op.range;
  if (min != null && max != null) return `${show(min)} ≤ ${name} ≤ ${show(max)}`;
  return min != null ? `${name} ≥ ${show(min)}` : `${name} ≤ ${show(max ?? null)}`;
}

const NAMED = 3;

function either(values: readonly string[]): string {
  const named = values.slice(0, NAMED);
  const more = values.length - named.length;
  if (more > 0) named.push(`${more} more`);
  const last = named.pop() ?? '';
  return named.length === 0 ? last : `${named.join(', ')} or ${last}`;
}

export function valueText(value: Scalar | null, isTime = false): string {
  if (value === null) return 'missing';
  if (typeof value === 'number') return formatNumber(value, 6);
  if (typeof value === 'boolean') return String(value);
  if (isTime) return formatUtc(new Date(value));
  return value === '' ? '(empty)' : shortClass(value);
}

/** What a cell holds as a value to filter by; `undefined` where there is no such filter. */
export function scalarOf(value: unknown, kind: string): Scalar | null | undefined {
  if (value === null || value === undefined) return null;
  // NaN and the infinities travel as text, which no filter on numbers takes.
  if (kind === 'number' || kind === 'integer') return typeof value === 'number' ? value : undefined;
  if (kind === 'boolean') return typeof value === 'boolean' ? value : undefined;
  return typeof value === 'string' ? value : undefined;
}
