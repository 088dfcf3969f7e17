// The rows of an answer as a chart draws them: a value and a name for each encoding.

import type { ChartRow } from '../../components/chart/types';
import { compare } from '../../components/table/columns';
import { isMetric } from './fields';
import { QUARTILES, type Encoding, type ModelAnswer, type Plan } from './plan';
import { binName, namer, NONE, OTHER, timeName, toNumber, toTime, unitEnd } from './values';

export type AnswerRow = readonly unknown[];

export interface Series {
  /** `i` is the row of the answer; `v…` values, `e…` the ends of bins, `n…` names. */
  rows: ChartRow[];
  /** Of encodings that are categories: their names in the order in which they are drawn. */
  orders: Map<Encoding, string[]>;
  answer: ModelAnswer;
}

export const answerRows = (answer: ModelAnswer) => answer.rows as readonly AnswerRow[];

export function isCategory({ role }: Encoding): boolean {
  return role.use === 'group' && (role.scale === 'category' || role.scale === 'values');
}

export function makeSeries(plan: Plan, answer: ModelAnswer): Series {
  const source = answerRows(answer);
  const columns = plan.encodings.map((encoding) => nameColumn(encoding, plan, answer));
  const rows = source.map((row, i) => {
    const shown: Record<string, unknown> = { i };
    plan.encodings.forEach((encoding, at) => {
      const value = row[encoding.output];
      const key = encoding.output;
      shown[`n${key}`] = columns[at]?.(value);
      shown[`v${key}`] = drawn(encoding, value);
      const width = answer.outputs[key]?.bin_width;
      const lower = toNumber(value);
      if (width && lower !== null) {
        shown[`e${key}`] = lower + width;
        shown[`m${key}`] = lower + width / 2;
      }
      const { role } = encoding;
      const time = toTime(value);
      if (role.use === 'group' && role.scale === 'time' && time !== null) {
        shown[`e${key}`] = unitEnd(time, role.unit);
      }
    });
    for (const key of extraOutputs(plan)) shown[`v${key}`] = toNumber(row[key]);
    return shown;
  });
  const orders = new Map<Encoding, string[]>();
  for (const encoding of plan.encodings) {
    if (encoding.role.use === 'group') orders.set(encoding, orderOf(encoding, plan, rows, source));
  }
  return { rows, orders, answer };
}

function extraOutputs({ outputs }: Plan): number[] {
  const { models, quartiles } = outputs;
  const own = models === undefined ? [] : [models];
  return quartiles === undefined ? own : own.concat(QUARTILES.map((_, n) => quartiles + n));
}

function drawn(encoding: Encoding, value: unknown): number | null {
  return encoding.field.kind === 'time' && encoding.role.use !== 'measure'
    ? toTime(value)
    : toNumber(value);
}

/** How values of a column are called. In rows the less common ones are folded here. */
function nameColumn(encoding: Encoding, plan: Plan, answer: ModelAnswer) {
  const { role, field, output, top } = encoding;
  if (role.use === 'group' && role.scale === 'bins') {
    const width = answer.outputs[output]?.bin_width;
    return (value: unknown) => binName(value, width);
  }
  if (field.kind === 'time' && role.use !== 'measure') {
    const unit = role.use === 'group' && role.scale === 'time' ? role.unit : undefined;
    return (value: unknown) => timeName(value, unit);
  }
  const values = answerRows(answer).map((row) => row[output]);
  const name = namer(values, field);
  if (!plan.isRows || top === undefined) return name;
  const common = commonest(values.map(name), top);
  return (value: unknown) => (common.has(name(value)) ? name(value) : OTHER);
}

export function commonest(names: readonly string[], top: number): Set<string> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
  return new Set(sorted.slice(0, top).map(([name]) => name));
}

/**
 * Categories stand in the order of what is measured, the best first; with nothing measured, or on
 * an axis beside another category, by name. Values and bins keep their own order; what is *other*
 * or nothing comes last.
 */
function orderOf(
  encoding: Encoding,
  plan: Plan,
  rows: readonly ChartRow[],
  source: readonly AnswerRow[],
): string[] {
  const { role, item, output } = encoding;
  const first = new Map<string, { raw: unknown; sum: number; count: number }>();
  const measure = sortMeasure(encoding, plan);
  rows.forEach((row, i) => {
    const name = String(row[`n${output}`]);
    const entry = first.get(name) ?? { raw: source[i]?.[output], sum: 0, count: 0 };
    const value = measure === undefined ? null : toNumber(row[`v${measure.output}`]);
    if (value !== null) {
      entry.sum += value;
      entry.count += 1;
    }
    first.set(name, entry);
  });
  const rank = (name: string) => (name === OTHER ? 1 : name === NONE ? 2 : 0);
  const own = role.use === 'group' && role.scale !== 'category';
  const choice = item.sort ?? 'auto';
  const byMeasure = measure && choice !== 'name' && !(own && choice === 'auto');
  const sign = choice === 'up' ? 1 : choice === 'down' ? -1 : measure?.isSmallerBetter ? 1 : -1;
  const mean = ({ sum, count }: { sum: number; count: number }) =>
    count === 0 ? -Infinity * sign : sum / (measure?.isAdditive ? 1 : count);
  return [...first]
    .sort(([a, left], [b, right]) => {
      if (rank(a) !== rank(b)) return rank(a) - rank(b);
      const difference = byMeasure ? sign * (mean(left) - mean(right)) : 0;
      return difference || (own ? compare(left.raw, right.raw) : compare(a, b));
    })
    .map(([name]) => name);
}

interface SortMeasure {
  output: number;
  isSmallerBetter: boolean;
  isAdditive: boolean;
}

function sortMeasure(encoding: Encoding, plan: Plan): SortMeasure | undefined {
  if (encoding.shelf !== 'x' && encoding.shelf !== 'y') return undefined;
  const other = encoding.shelf === 'x' ? 'y' : 'x';
  const found = plan.encodings.find(({ shelf, role }) => shelf === other && role.use === 'measure');
  if (found) {
    const isSmallerBetter = isMetric(found.field) && found.field.larger_is_better === false;
    return { output: found.output, isSmallerBetter, isAdditive: false };
  }
  const { models } = plan.outputs;
  if (plan.counted !== other || models === undefined) return undefined;
  return { output: models, isSmallerBetter: false, isAdditive: true };
}
