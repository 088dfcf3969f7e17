// What a field on a shelf does: it groups models, it is computed of each group, or it is the value
// of every model. What nobody chose follows from what stands on the other shelves.

import { isMetric, isNumber, type Field, type FieldIndex } from './fields';
import { SHELVES, type Aggregate, type Item, type ShelfId, type Spec, type Unit } from './spec';

export type Role =
  | { use: 'group'; scale: 'category' | 'values' }
  | { use: 'group'; scale: 'bins'; bins: number }
  | { use: 'group'; scale: 'time'; unit: Unit }
  | { use: 'measure'; aggregate: Aggregate }
  | { use: 'raw'; scale: 'number' | 'time' };

export interface Placed {
  shelf: ShelfId;
  item: Item;
  field: Field;
  role: Role;
}

/** A number with no more values than this is a list of values, not a range. */
const FEW = 12;
const FEW_COLOURS = 8;
const AXIS_BINS = 20;
const FACET_BINS = 5;
const DEFAULT_UNIT: Unit = 'day';

export interface Resolved {
  placed: Placed[];
  /** One row for each model, instead of one for each group. */
  isRows: boolean;
  problems: string[];
}

export function resolve(spec: Spec, fields: FieldIndex): Resolved {
  const problems: string[] = [];
  const items: Candidate[] = [];
  for (const shelf of SHELVES) {
    const item = spec.shelves[shelf];
    if (!item) continue;
    const field = fields.get(item.field);
    if (!field) problems.push(`This project has no field ${item.field}.`);
    else if (field.kind === 'json' && !isCount(item))
      problems.push(
        `${field.label} has several values for each model, so it can only be a filter.`,
      );
    else if (shelf === 'size' && !isNumber(field) && !isCount(item))
      problems.push(`Size shows a number, which ${field.label} is not.`);
    else items.push({ shelf, item, field });
  }
  const isRows = asksForRows(items);
  const placed = items.map((one) => ({ ...one, role: roleOf(one, items, isRows) }));
  return { placed, isRows, problems };
}

type Candidate = Omit<Placed, 'role'>;

const isAxis = ({ shelf }: Candidate) => shelf === 'x' || shelf === 'y';
const isRaw = ({ item }: Candidate) => item.aggregate === 'raw' || item.unit === 'raw';
const isCount = (item: Item) => item.aggregate === 'count' || item.aggregate === 'distinct';

/** Whether somebody said what to do with a number, or it can only be one thing. */
function isOpen({ item, field }: Candidate): boolean {
  return isNumber(field) && item.aggregate === undefined && item.bins === undefined;
}

function isMeasure({ item }: Candidate): boolean {
  return item.aggregate !== undefined && item.aggregate !== 'raw';
}

function hasFewValues(field: Field): boolean {
  if (isMetric(field)) return false;
  return field.values == null ? field.kind === 'integer' : field.values <= FEW;
}

function asksForRows(items: readonly Candidate[]): boolean {
  if (items.some(isMeasure)) return false;
  if (items.some(isRaw)) return true;
  const [a, b] = items.filter((one) => isAxis(one) && isOpen(one));
  if (!a || !b) return false;
  // Few values of one and a metric: a line of means says more than columns of points.
  const isLine = (values: Candidate, metric: Candidate) =>
    hasFewValues(values.field) && isMetric(metric.field);
  return !isLine(a, b) && !isLine(b, a);
}

function roleOf(one: Candidate, all: readonly Candidate[], isRows: boolean): Role {
  const { item, field, shelf } = one;
  if (item.aggregate !== undefined && item.aggregate !== 'raw') {
    return { use: 'measure', aggregate: item.aggregate };
  }
  if (field.kind === 'time') {
    if (isRows) return { use: 'raw', scale: 'time' };
    const unit = item.unit === undefined || item.unit === 'raw' ? DEFAULT_UNIT : item.unit;
    return { use: 'group', scale: 'time', unit };
  }
  if (!isNumber(field)) return { use: 'group', scale: 'category' };
  if (item.bins === 0) return { use: 'group', scale: 'values' };
  if (isRows) return rawOrGroup(one);
  if (item.bins !== undefined) return { use: 'group', scale: 'bins', bins: item.bins };
  if (shelf === 'column' || shelf === 'row') return asGroup(field, FACET_BINS);
  if (shelf === 'size') return { use: 'measure', aggregate: 'mean' };
  if (shelf === 'colour') {
    const isCategory = hasFewValues(field) && (field.values ?? FEW) <= FEW_COLOURS;
    return isCategory ? { use: 'group', scale: 'values' } : { use: 'measure', aggregate: 'mean' };
  }
  return isGroupOnAxis(one, all)
    ? asGroup(field, AXIS_BINS)
    : { use: 'measure', aggregate: 'mean' };
}

function rawOrGroup({ shelf, field }: Candidate): Role {
  const isFacet = shelf === 'column' || shelf === 'row';
  const isCategory = isFacet || (shelf === 'colour' && hasFewValues(field));
  return isCategory ? { use: 'group', scale: 'values' } : { use: 'raw', scale: 'number' };
}

function asGroup(field: Field, bins: number): Role {
  return hasFewValues(field)
    ? { use: 'group', scale: 'values' }
    : { use: 'group', scale: 'bins', bins };
}

/** Of two numbers on the axes the metric is measured; a number alone is counted. */
function isGroupOnAxis(one: Candidate, all: readonly Candidate[]): boolean {
  const other = all.find((candidate) => isAxis(candidate) && candidate.shelf !== one.shelf);
  if (!other) return true;
  if (isMeasure(other)) return true;
  if (!isNumber(other.field) || other.item.bins !== undefined) return false;
  return !isMetric(one.field) && isMetric(other.field);
}
