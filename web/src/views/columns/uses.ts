import type { Filter } from '../../query/filters';

export type Which = 'used' | 'unused' | 'unknown';

/** Of sources, and those in between that stages of pipelines read. */
const FIELD = { field: 'columns_read' };

/** `not_in` lets pass what is missing: of a model whose columns nobody knows it says nothing. */
export function filtersOf(which: Which, name: string): Filter[] {
  if (which === 'used') return [{ ...FIELD, op: { in: [name] } }];
  if (which === 'unknown') return [{ ...FIELD, op: { missing: true } }];
  return [
    { ...FIELD, op: { not_in: [name] } },
    { ...FIELD, op: { missing: false } },
  ];
}
