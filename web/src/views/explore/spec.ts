// What somebody put on the shelves: all of a chart, and what its address holds.

import type { components } from '../../api/schema';

type Schemas = components['schemas'];
export type Aggregate = Schemas['Aggregate'];
export type Unit = Schemas['Unit'];
export type Filter = Schemas['Filter'];
export type Scope = Schemas['Scope'];

export const SHELVES = ['x', 'y', 'colour', 'size', 'column', 'row'] as const;
export type ShelfId = (typeof SHELVES)[number];

export const SHELF_LABELS: Record<ShelfId, string> = {
  x: 'X axis',
  y: 'Y axis',
  colour: 'Colour',
  size: 'Size',
  column: 'Columns',
  row: 'Rows',
};

export const MARKS = ['auto', 'bar', 'line', 'point', 'heat', 'box'] as const;
export type MarkChoice = (typeof MARKS)[number];
export type Mark = Exclude<MarkChoice, 'auto'>;

export const SORTS = ['auto', 'down', 'up', 'name'] as const;
export type SortChoice = (typeof SORTS)[number];

/** A field on a shelf. What is not given is chosen by what stands on the other shelves. */
export interface Item {
  field: string;
  /** `raw`: the value of each model. */
  aggregate?: Aggregate | 'raw';
  bins?: number;
  unit?: Unit | 'raw';
  top?: number;
  /** Of a metric: measured on this slice. */
  slice?: string;
  sort?: SortChoice;
}

export type Shelves = Partial<Record<ShelfId, Item>>;

export interface Spec {
  shelves: Shelves;
  filters: Filter[];
  mark: MarkChoice;
  /** `all`: with the models inside of pipelines and searches. */
  scope: Scope;
}

export const EMPTY: Spec = { shelves: {}, filters: [], mark: 'auto', scope: 'top' };

export function isEmpty(spec: Spec): boolean {
  return Object.keys(spec.shelves).length === 0;
}

/** A field goes on a shelf; what was there makes room. */
export function put(spec: Spec, shelf: ShelfId, item: Item): Spec {
  return { ...spec, shelves: { ...spec.shelves, [shelf]: item } };
}

export function takeOff(spec: Spec, shelf: ShelfId): Spec {
  const rest = Object.entries(spec.shelves).filter(([other]) => other !== shelf);
  return { ...spec, shelves: Object.fromEntries(rest) };
}

/** From one shelf to another; what stands there goes back the other way. */
export function move(spec: Spec, from: ShelfId, to: ShelfId): Spec {
  const item = spec.shelves[from];
  if (!item || from === to) return spec;
  const other = spec.shelves[to];
  const cleared = takeOff(spec, from);
  return put(other ? put(cleared, from, other) : cleared, to, item);
}

/** A filter replaces another on the same field and slice. */
export function addFilter(spec: Spec, filter: Filter): Spec {
  const at = spec.filters.findIndex((other) => filterKey(other) === filterKey(filter));
  const filters = at < 0 ? [...spec.filters, filter] : spec.filters.with(at, filter);
  return { ...spec, filters };
}

export function removeFilter(spec: Spec, filter: Filter): Spec {
  const key = filterKey(filter);
  return { ...spec, filters: spec.filters.filter((other) => filterKey(other) !== key) };
}

export function filterKey(filter: Filter): string {
  return JSON.stringify([filter.field, filter.slice ?? null, filter.dataset ?? null]);
}
