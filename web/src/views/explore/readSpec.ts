// An address can be typed by anybody: what it says is checked before it becomes a chart. Whatever
// is not understood is left out, so that an old link shows as much as it can.

import { checkFilters } from '../../query/checkFilters';
import { EMPTY, MARKS, SHELVES, SORTS, type Item, type Shelves, type Spec } from './spec';

const AGGREGATES = 'raw count distinct mean median min max best worst stddev q1 q3 sum'.split(' ');
const UNITS = 'raw minute hour day week month year'.split(' ');
export const MAX_BINS = 200;
export const MAX_TOP = 1000;

type Unknown = Record<string, unknown>;

export function readSpec(value: unknown): Spec | undefined {
  if (!isObject(value)) return undefined;
  const shelves: Shelves = {};
  const given = isObject(value['shelves']) ? value['shelves'] : {};
  for (const shelf of SHELVES) {
    const item = readItem(given[shelf]);
    if (item) shelves[shelf] = item;
  }
  return {
    shelves,
    filters: checkFilters(value['filters']) ?? [],
    mark: oneOf(value['mark'], MARKS) ?? EMPTY.mark,
    scope: oneOf(value['scope'], ['top', 'all'] as const) ?? EMPTY.scope,
  };
}

function readItem(value: unknown): Item | undefined {
  if (!isObject(value) || typeof value['field'] !== 'string') return undefined;
  const item: Item = { field: value['field'] };
  const aggregate = oneOf(value['aggregate'], AGGREGATES);
  if (aggregate) item.aggregate = aggregate as NonNullable<Item['aggregate']>;
  const unit = oneOf(value['unit'], UNITS);
  if (unit) item.unit = unit as NonNullable<Item['unit']>;
  const bins = whole(value['bins'], 0, MAX_BINS);
  if (bins !== undefined) item.bins = bins;
  const top = whole(value['top'], 1, MAX_TOP);
  if (top !== undefined) item.top = top;
  if (typeof value['slice'] === 'string') item.slice = value['slice'];
  const sort = oneOf(value['sort'], SORTS);
  if (sort) item.sort = sort;
  return item;
}

function isObject(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function oneOf<T extends string>(value: unknown, all: readonly T[]): T | undefined {
  return all.find((one) => one === value);
}

function whole(value: unknown, min: number, max: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
    ? value
    : undefined;
}
