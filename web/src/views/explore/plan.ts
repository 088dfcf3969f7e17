// From what is on the shelves to the question that the agent is asked.

import type { components } from '../../api/schema';
import { isSliced, type FieldIndex } from './fields';
import { possibleMarks } from './marks';
import { resolve, type Placed } from './roles';
import type { Aggregate, Filter, Mark, ShelfId, Spec } from './spec';

type Schemas = components['schemas'];
export type ModelQuery = Schemas['ModelQuery'];
export type ModelAnswer = Schemas['ModelAnswer'];
type Measure = Schemas['Measure'];
type Dimension = Schemas['Dimension'];

/** Rows of single models; more would be a cloud that nobody reads. */
export const ROW_LIMIT = 2_000;
/** The most that the agent answers. */
export const GROUP_LIMIT = 10_000;
const TOP: Record<ShelfId, number> = { x: 20, y: 20, colour: 7, size: 20, column: 6, row: 6 };
export const QUARTILES: readonly Aggregate[] = ['min', 'q1', 'median', 'q3', 'max'];

/** A field on a shelf and the column of the answer that it reads. */
export interface Encoding extends Placed {
  output: number;
  /** Of texts: so many are told apart. */
  top?: number;
}

export interface Plan {
  isRows: boolean;
  mark: Mark;
  marks: readonly Mark[];
  encodings: Encoding[];
  /** Where models are counted because nothing else is measured. */
  counted?: ShelfId;
  /** Columns of the answer beside those of the shelves. */
  outputs: { models?: number; model?: number; family?: number; quartiles?: number };
  query: ModelQuery;
  problems: string[];
  /** Whether a model is in several groups, since metrics are per slice. */
  isSliced: boolean;
}

export function makePlan(spec: Spec, fields: FieldIndex, project: string): Plan {
  const { placed, isRows, problems } = resolve(spec, fields);
  const counted = isRows ? undefined : countedShelf(placed);
  const marks = possibleMarks(placed, isRows, counted);
  const chosen = marks.find((mark) => mark === spec.mark);
  const mark = chosen ?? marks[0] ?? 'bar';
  const shared = {
    isRows,
    mark,
    marks,
    problems,
    isSliced: placed.some(({ field }) => isSliced(field.id)),
    ...(counted && { counted }),
  };
  const base = {
    project,
    scope: spec.scope,
    filters: [...spec.filters, ...present(placed, isRows, spec.filters)],
    having: [],
    sort: [],
    offset: 0,
  };
  return isRows ? rows(shared, base, placed) : groups(shared, base, placed);
}

type Shared = Omit<Plan, 'encodings' | 'outputs' | 'query'>;
type Base = Omit<ModelQuery, 'columns' | 'dimensions' | 'measures' | 'limit'>;

function rows(shared: Shared, base: Base, placed: Placed[]): Plan {
  const columns = placed.map(({ item, field }) => ({ field: field.id, ...sliceOf(item.slice) }));
  const encodings = placed.map((one, output) => ({ ...one, output, ...topOf(one) }));
  return {
    ...shared,
    encodings,
    outputs: { model: columns.length, family: columns.length + 1 },
    query: {
      ...base,
      columns: [...columns, { field: 'model_id' }, { field: 'family' }],
      dimensions: [],
      measures: [],
      limit: ROW_LIMIT,
    },
  };
}

function groups(shared: Shared, base: Base, placed: Placed[]): Plan {
  const dimensions: Dimension[] = [];
  const measures: Measure[] = [];
  const at = new Map<Placed, number>();
  for (const one of placed) {
    if (one.role.use === 'group') at.set(one, place(dimensions, dimensionOf(one, placed)));
  }
  for (const one of placed) {
    if (one.role.use !== 'measure') continue;
    const measure = { aggregate: one.role.aggregate, ...fieldOf(one) };
    at.set(one, dimensions.length + place(measures, measure));
  }
  const outputs: Plan['outputs'] = {};
  const boxed = shared.mark === 'box' ? placed.find(isPositionMeasure) : undefined;
  if (boxed) {
    outputs.quartiles = dimensions.length + measures.length;
    measures.push(...QUARTILES.map((aggregate) => ({ aggregate, ...fieldOf(boxed) })));
  }
  outputs.models = dimensions.length + place(measures, { aggregate: 'count' });
  return {
    ...shared,
    encodings: placed.map((one) => ({ ...one, output: at.get(one) ?? 0, ...topOf(one, placed) })),
    outputs,
    query: { ...base, columns: [], dimensions, measures, limit: GROUP_LIMIT },
  };
}

function isPositionMeasure({ shelf, role }: Placed): boolean {
  return (shelf === 'x' || shelf === 'y') && role.use === 'measure';
}

/** Where nothing is measured along an axis, models are counted. */
function countedShelf(placed: readonly Placed[]): ShelfId | undefined {
  if (placed.length === 0) return undefined;
  const on = (shelf: ShelfId) => placed.find((one) => one.shelf === shelf);
  const [x, y, colour, size] = [on('x'), on('y'), on('colour'), on('size')];
  if (x?.role.use === 'measure' || y?.role.use === 'measure') return undefined;
  if (x && y) {
    if (colour?.role.use === 'measure' || size?.role.use === 'measure') return undefined;
    return colour ? 'size' : 'colour';
  }
  return y ? 'x' : 'y';
}

function dimensionOf(one: Placed, all: readonly Placed[]): Dimension {
  const { role, field, item } = one;
  const dimension: Dimension = { field: field.id, ...sliceOf(item.slice) };
  if (role.use !== 'group') return dimension;
  if (role.scale === 'bins') dimension.bins = role.bins;
  if (role.scale === 'time') dimension.truncate = role.unit;
  const { top } = topOf(one, all);
  if (top !== undefined) dimension.top = top;
  return dimension;
}

/** One field on two shelves is cut in one way, or a group would have two names. */
function topOf(one: Placed, all: readonly Placed[] = [one]): { top?: number } {
  const { field, item, role } = one;
  if (role.use !== 'group' || field.kind !== 'text') return {};
  const same = all.filter((other) => other.field.id === field.id);
  const chosen = item.top ?? same.find((other) => other.item.top)?.item.top;
  return { top: chosen ?? Math.max(...same.map(({ shelf }) => TOP[shelf])) };
}

function fieldOf({ role, field, item }: Placed): Pick<Measure, 'field' | 'slice'> {
  // The models are counted, whatever field says so; of a metric those that have it.
  if (role.use === 'measure' && role.aggregate === 'count' && field.id === 'model_id') return {};
  return { field: field.id, ...sliceOf(item.slice) };
}

function sliceOf(slice: string | undefined): { slice?: string } {
  return slice === undefined ? {} : { slice };
}

/**
 * Models without a value cannot be drawn, but would use up the limit and the commonest categories.
 */
function present(placed: readonly Placed[], isRows: boolean, given: readonly Filter[]): Filter[] {
  const isOnAxis = ({ shelf }: Placed) => shelf === 'x' || shelf === 'y';
  // What is measured: along an axis, or by colour where both axes are categories.
  const measured =
    placed.find((one) => isOnAxis(one) && one.role.use === 'measure') ??
    placed.find(({ shelf, role }) => shelf === 'colour' && role.use === 'measure');
  const needed = placed.filter((one) => {
    const { role, field } = one;
    if (field.id === 'started_at') return false;
    if (role.use === 'measure') {
      return one === measured && role.aggregate !== 'count' && role.aggregate !== 'distinct';
    }
    return isOnAxis(one) && (isRows ? role.use === 'raw' : role.scale !== 'category');
  });
  const filters = needed.map(({ field, item }): Filter => {
    return { field: field.id, ...sliceOf(item.slice), op: { missing: false } };
  });
  const same = (a: Filter) => (b: Filter) => a.field === b.field && a.slice === b.slice;
  return filters.filter((filter, i) => {
    // Somebody may have asked for just those without a value.
    const isAsked = given.some((other) => same(filter)(other) && 'missing' in other.op);
    return !isAsked && filters.findIndex(same(filter)) === i;
  });
}

function place<T>(list: T[], item: T): number {
  const text = JSON.stringify(item);
  const at = list.findIndex((other) => JSON.stringify(other) === text);
  return at >= 0 ? at : list.push(item) - 1;
}
