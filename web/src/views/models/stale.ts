// An address outlives what it names: a column or filter of a field that there is no more.

import { keyOf, type Fields } from '../../query/fieldRef';
import type { Filter } from '../../query/filters';

interface Named {
  chosen: readonly string[];
  filters: readonly Filter[];
  group: string;
}

const isGone = (key: string, fields: Fields): boolean => fields.of(key) === undefined;

/** What the view names and nobody knows. */
export function staleKeys({ chosen, filters, group }: Named, fields: Fields): string[] {
  const named = [...chosen, ...filters.map(keyOf), ...(group === '' ? [] : [group])];
  return [...new Set(named.filter((key) => isGone(key, fields)))];
}

export function withoutStale({ chosen, filters, group }: Named, fields: Fields): Named {
  return {
    chosen: chosen.filter((key) => !isGone(key, fields)),
    filters: filters.filter((filter) => !isGone(keyOf(filter), fields)),
    group: isGone(group, fields) ? '' : group,
  };
}
