// The closed queries that the table asks.

import type { components } from '../api/schema';
import type { Sort } from '../components/table/columns';
import { closedQuery, type ModelQuery } from './closedQuery';
import { isMetric, keyOf, refOf, type Fields } from './fieldRef';
import type { Filter } from './filters';

export type Dimension = components['schemas']['Dimension'];
export type Scope = components['schemas']['Scope'];

/** Which models are asked for. */
export interface Question {
  project: string | undefined;
  scope: Scope;
  search: string;
  filters: readonly Filter[];
}

/** What is in sight, and some more: the agent looks up each row's columns. */
export const PAGE_ROWS = 60;
/** Nobody looks through more groups; the API does not count them. */
export const GROUPS_MAX = 1_000;

export function queryOf(question: Question, rest: Partial<ModelQuery>): ModelQuery {
  const { project, scope, search, filters } = question;
  const text = search.trim();
  return closedQuery({
    project: project ?? null,
    scope,
    filters: text === '' ? [...filters] : [...filters, { field: 'search', op: { contains: text } }],
    limit: PAGE_ROWS,
    ...rest,
  });
}

/** What every row needs, whichever columns are shown. */
const ALWAYS = ['model_id', 'status', 'error', 'project', 'role', 'metrics_measured'];
/** Names are links by these ids. */
const BESIDE: Readonly<Record<string, string>> = { run: 'run_id', dataset: 'dataset_id' };

/** The keys of a rows query, in the order of its columns. */
export function askedKeys(visible: readonly string[]): string[] {
  const keys = new Set([...visible, ...ALWAYS]);
  for (const key of visible) if (BESIDE[key]) keys.add(BESIDE[key]);
  return [...keys];
}

export function rowsQuery(
  question: Question,
  visible: readonly string[],
  sort: Sort | null,
): ModelQuery {
  const keys = askedKeys(visible);
  const at = sort ? keys.indexOf(sort.column) : -1;
  return queryOf(question, {
    columns: keys.map(refOf),
    sort: sort && at >= 0 ? [{ output: at, descending: sort.descending }] : [],
  });
}

/** A metric without rows of its own is taken on these. */
export function onSlice(key: string, slice: string): string {
  const ref = refOf(key);
  if (slice === '' || !isMetric(key) || ref.slice != null || ref.dataset != null) return key;
  return keyOf({ ...ref, slice });
}

const BINS = 10;
/** A parameter with few values is grouped by each of them. */
const FEW_VALUES = 20;

export function dimensionOf(key: string, fields: Fields): Dimension {
  const field = fields.of(key);
  const kind = fields.kind(key);
  if (kind === 'time') return { ...refOf(key), truncate: 'day' };
  const isFew = field?.values != null && field.values <= FEW_VALUES;
  const isPlace = key === 'fold' || key === 'candidate_index' || key === 'columns_used';
  if ((kind === 'number' || kind === 'integer') && !isFew && !isPlace) {
    return { ...refOf(key), bins: BINS };
  }
  return refOf(key);
}

/** Columns of a table of groups: the value, how many, and of each metric its best and its mean. */
export function groupColumns(metrics: readonly string[]): string[] {
  return ['group', 'count', ...metrics.flatMap((key) => [`best ${key}`, `mean ${key}`])];
}

export function groupsQuery(
  question: Question,
  group: string,
  metrics: readonly string[],
  sort: Sort | null,
  fields: Fields,
): ModelQuery {
  const outputs = groupColumns(metrics);
  const at = sort ? outputs.indexOf(sort.column) : -1;
  return queryOf(question, {
    limit: GROUPS_MAX,
    dimensions: [dimensionOf(group, fields)],
    measures: [
      { aggregate: 'count' as const },
      ...metrics.flatMap((key) => [
        { aggregate: 'best' as const, ...refOf(key) },
        { aggregate: 'mean' as const, ...refOf(key) },
      ]),
    ],
    sort:
      sort && at >= 0
        ? [{ output: at, descending: sort.descending }]
        : [{ output: 1, descending: true }],
  });
}
