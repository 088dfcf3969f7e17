import type { Sort } from '../table/columns';
import type { Fields } from '../../query/fieldRef';

/** Which way a column goes when it is first pressed: the best, the newest, or A to Z first. */
export function isDescendingFirst(key: string, fields: Fields): boolean {
  const field = fields.of(key);
  if (field?.group === 'metric') return field.larger_is_better !== false;
  return fields.kind(key) === 'time';
}

/** First way, other way, as it came. */
export function pressed(sort: Sort | null, column: string, isDescending: boolean): Sort | null {
  if (sort?.column !== column) return { column, descending: isDescending };
  return sort.descending === isDescending ? { column, descending: !isDescending } : null;
}

export function checkSort(value: unknown): Sort | null | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('column' in value) || typeof value.column !== 'string') return undefined;
  return { column: value.column, descending: 'descending' in value && value.descending === true };
}
