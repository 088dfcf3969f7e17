// What stands behind a mark, as filters.

import { to } from '../../lib/links';
import { isSliced } from './fields';
import type { Encoding, Plan } from './plan';
import { answerRows, type Series } from './series';
import type { Filter, Scope } from './spec';
import { OTHER, toNumber, toTime, unitEnd } from './values';

export interface Picked {
  /** What the mark is, in words. */
  label: string;
  filters: Filter[];
}

export function pickGroup(plan: Plan, series: Series, row: number): Picked | undefined {
  const values = answerRows(series.answer)[row];
  if (!values) return undefined;
  const seen = new Set<number>();
  const groups = plan.encodings.filter(({ role, output }) => {
    const isNew = role.use === 'group' && !seen.has(output);
    seen.add(output);
    return isNew;
  });
  const label = groups.map(({ field, output }) => {
    return `${field.label} ${String(series.rows[row]?.[`n${output}`]).slice(0, 100)}`;
  });
  const filters = groups.flatMap((group) => groupFilter(group, values[group.output], series) ?? []);
  return { label: label.join(', '), filters };
}

function groupFilter(
  { field, role, output, item }: Encoding,
  value: unknown,
  series: Series,
): Filter | undefined {
  const of = { field: field.id, ...(item.slice !== undefined && { slice: item.slice }) };
  if (value === null) return { ...of, op: { missing: true } };
  if (role.use !== 'group') return undefined;
  if (role.scale === 'time') {
    const from = toTime(value);
    if (from === null) return undefined;
    // Ranges have both their ends in them; the unit ends just before the next begins.
    const last = new Date(unitEnd(from, role.unit) - 1).toISOString();
    return { ...of, op: { range: { min: new Date(from).toISOString(), max: last } } };
  }
  const lower = toNumber(value);
  const width = series.answer.outputs[output]?.bin_width;
  if (lower !== null && width) {
    return { ...of, op: { range: { min: lower, max: justBelow(lower + width) } } };
  }
  if (value === OTHER && role.scale === 'category') {
    const others = answerRows(series.answer).map((row) => row[output]);
    const shown = others.filter((one) => one !== OTHER) as (string | null)[];
    return { ...of, op: { not_in: [...new Set(shown)] } };
  }
  return { ...of, op: { in: [value as string | number | boolean] } };
}

function justBelow(value: number): number {
  return value - Math.max(Math.abs(value), 1e-9) * 1e-12;
}

/** The list of models that satisfy the filters; there no model is on several rows. */
export function modelsLink(project: string, scope: Scope, filters: readonly Filter[]): string {
  const kept = filters.filter(({ field }) => !isSliced(field));
  const params = new URLSearchParams();
  if (scope !== 'top') params.set('scope', scope);
  if (kept.length > 0) params.set('filters', JSON.stringify(kept));
  const text = params.toString();
  return text === '' ? to.models(project) : `${to.models(project)}&${text}`;
}
