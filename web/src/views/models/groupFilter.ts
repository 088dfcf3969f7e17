// What leads from a row of groups to the models in it.

import { formatPlain } from '../../lib/format';
import type { Fields } from '../../query/fieldRef';
import { filterOf, scalarOf, type Filter } from '../../query/filters';

/** Just below the next bin: a range has both ends in it. */
const BELOW = 1 - 1e-9;

export function groupFilter(
  key: string,
  value: unknown,
  binWidth: number | null | undefined,
  fields: Fields,
): Filter | undefined {
  if (value === null || value === undefined) return filterOf(key, { missing: true });
  if (typeof value === 'number' && binWidth != null) {
    return filterOf(key, { range: { min: value, max: value + binWidth * BELOW } });
  }
  const kind = fields.kind(key);
  if (kind === 'time') {
    const start = new Date(formatPlain(value)).getTime();
    if (Number.isNaN(start)) return undefined;
    const end = start + 24 * 3_600_000 - 1;
    return filterOf(key, {
      range: { min: new Date(start).toISOString(), max: new Date(end).toISOString() },
    });
  }
  const scalar = scalarOf(value, kind);
  return scalar === undefined ? undefined : filterOf(key, { in: [scalar] });
}
