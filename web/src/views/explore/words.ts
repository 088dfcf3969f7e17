// What is on the screen, in words: titles of axes, notes on limits, the description of a chart.

import { cut } from '../../components/Truncated';
import { formatInteger, formatNumber } from '../../lib/format';
import { sliceLabel } from '../../query/fieldRef';
import { isMetric, type Field } from './fields';
import { MARK_LABELS } from './marks';
import type { Encoding, Plan } from './plan';
import { ROW_LIMIT } from './plan';
import type { Series } from './series';
import type { Aggregate, Item } from './spec';
import { toNumber } from './values';

export const AGGREGATE_LABELS: Record<Aggregate, string> = {
  mean: 'mean',
  best: 'best',
  worst: 'worst',
  median: 'median',
  min: 'smallest',
  max: 'largest',
  q1: 'first quartile',
  q3: 'third quartile',
  stddev: 'standard deviation',
  count: 'models',
  distinct: 'different values',
  sum: 'sum',
};

export function measureTitle(aggregate: Aggregate, label: string): string {
  if (aggregate === 'count') return `models with ${label}`;
  if (aggregate === 'distinct') return `different ${label}`;
  const between = ['q1', 'q3', 'stddev', 'sum'].includes(aggregate) ? ' of ' : ' ';
  return AGGREGATE_LABELS[aggregate] + between + label;
}

/** Longer names would push the chart off its axes. */
const MAX_NAME = 60;

export function fieldTitle(field: Field, item: Item): string {
  const name = cut(field.label, MAX_NAME);
  return item.slice === undefined ? name : `${name} where ${cut(sliceLabel(item.slice), MAX_NAME)}`;
}

/** What an encoding shows. */
export function titleOf({ field, item, role }: Pick<Encoding, 'field' | 'item' | 'role'>): string {
  const title = fieldTitle(field, item);
  if (role.use === 'measure') {
    if (role.aggregate === 'count' && field.id === 'model_id') return 'models';
    return measureTitle(role.aggregate, title);
  }
  return role.use === 'group' && role.scale === 'time' ? `${title} (${role.unit})` : title;
}

export function describe(plan: Plan, series: Series): string {
  const titles = plan.encodings.map(titleOf);
  const count = series.rows.length;
  if (plan.isRows) {
    return `Points: ${titles.join(', ')}. ${plural(count, 'model')}.`;
  }
  const measures = plan.encodings.filter(({ role }) => role.use === 'measure').map(titleOf);
  if (plan.counted) measures.push('models');
  const groups = plan.encodings.filter(({ role }) => role.use === 'group').map(titleOf);
  const by = groups.length > 0 ? ` by ${[...new Set(groups)].join(' and ')}` : '';
  const extremes = extremesOf(plan, series);
  return `${MARK_LABELS[plan.mark]}: ${measures.join(', ')}${by}. ${plural(count, 'group')}.${extremes}`;
}

function extremesOf(plan: Plan, series: Series): string {
  const measure = plan.encodings.find(({ role }) => role.use === 'measure');
  const output = measure?.output ?? plan.outputs.models;
  const groups = plan.encodings.filter(({ role }) => role.use === 'group');
  if (output === undefined || groups.length === 0 || series.rows.length < 2) return '';
  const known = series.rows.flatMap((row) => {
    const value = toNumber(row[`v${output}`]);
    const names = groups.map((group) => String(row[`n${group.output}`]).slice(0, 80));
    return value === null ? [] : [{ value, name: [...new Set(names)].join(', ') }];
  });
  known.sort((a, b) => a.value - b.value);
  const [low, high] = [known[0], known.at(-1)];
  if (!low || !high) return '';
  return ` Highest: ${high.name}, ${formatNumber(high.value)}; lowest: ${low.name}, ${formatNumber(low.value)}.`;
}

/** What a reader has to know to read the chart right. */
export function notesOf(plan: Plan, series: Series): string[] {
  const { answer } = series;
  const notes = [...plan.problems];
  if (plan.isRows && answer.truncated) {
    const total = answer.total == null ? 'more' : formatInteger(answer.total);
    const what = plan.isSliced ? 'measurements' : 'models';
    notes.push(`${formatInteger(ROW_LIMIT)} of ${total} ${what} shown: the newest.`);
  }
  if (!plan.isRows && answer.truncated) {
    notes.push(
      `Only the first ${formatInteger(series.rows.length)} groups are shown. Use fewer categories or bins.`,
    );
  }
  const needed = plan.query.filters.flatMap((filter) =>
    'missing' in filter.op && !filter.op.missing ? [filter] : [],
  );
  const metrics = needed.flatMap(({ field }) => {
    const found = plan.encodings.find((encoding) => encoding.field.id === field);
    return found ? [cut(found.field.label, MAX_NAME)] : [];
  });
  if (metrics.length > 0) notes.push(`Models without ${metrics.join(' or ')} are left out.`);
  const folded = plan.encodings.filter(({ output, role }) => {
    return role.use === 'group' && series.rows.some((row) => row[`n${output}`] === 'other');
  });
  for (const { top, field } of folded) {
    if (top !== undefined)
      notes.push(`“other” is every ${cut(field.label, MAX_NAME)} beyond the ${top} commonest.`);
  }
  if (plan.encodings.some(({ shelf }) => shelf === 'size') && plan.mark !== 'point') {
    notes.push('Size is shown by points only.');
  }
  return notes;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatInteger(count)} ${count === 1 ? one : many}`;
}

export function directionText(field: Field): string {
  if (!isMetric(field) || field.larger_is_better == null) return '';
  return field.larger_is_better ? 'larger is better' : 'smaller is better';
}
