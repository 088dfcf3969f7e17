// Bars of a metric say their values: they begin at zero, so that good models hardly differ.

import type { ChartRow } from '../../components/chart/types';
import { formatNumber } from '../../lib/format';
import { isMetric } from './fields';
import type { Encoding, Plan } from './plan';
import type { Series } from './series';
import { toNumber } from './values';

/** More labels would run into each other. */
const LABELLED = 30;
/** Of these the direction of the metric says nothing. */
const OTHER_THINGS = new Set(['count', 'distinct', 'stddev', 'sum']);
const LABEL = 'label';

type Channels = Record<string, unknown>;

/** What the lengths of bars are, where that is a metric. */
function measured(plan: Plan): Encoding | undefined {
  return plan.encodings.find(
    ({ shelf, role, field }) =>
      (shelf === 'x' || shelf === 'y') &&
      role.use === 'measure' &&
      !OTHER_THINGS.has(role.aggregate) &&
      isMetric(field),
  );
}

export function bars(
  plan: Plan,
  series: Series,
  encoding: Channels,
  orient: 'horizontal' | 'vertical',
): Channels {
  const bar = { type: 'bar', orient };
  const isBinned = 'x2' in encoding || 'y2' in encoding;
  if (!measured(plan) || isBinned || series.rows.length > LABELLED) return { mark: bar, encoding };
  const { color, ...shared } = encoding;
  const place =
    orient === 'horizontal'
      ? { align: 'left', dx: 4 }
      : { align: 'center', baseline: 'bottom', dy: -3 };
  return {
    encoding: shared,
    layer: [
      { mark: bar, encoding: color === undefined ? {} : { color } },
      {
        mark: { type: 'text', ...place },
        encoding: { text: { field: LABEL, type: 'nominal' } },
      },
    ],
  };
}

/** The rows with what is written at their bars: the value, and which is the best. */
export function labelled(plan: Plan, series: Series): readonly ChartRow[] {
  const of = measured(plan);
  if (!of) return series.rows;
  const values = series.rows.map((row) => toNumber(row[`v${of.output}`]));
  const best = bestOf(values, of.field.larger_is_better);
  return series.rows.map((row, i) => {
    const value = values[i] ?? null;
    if (value === null) return row;
    return { ...row, [LABEL]: `${formatNumber(value)}${value === best ? ' best' : ''}` };
  });
}

function bestOf(
  values: readonly (number | null)[],
  isLarger: boolean | null | undefined,
): number | undefined {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  if (isLarger == null || new Set(known).size < 2) return undefined;
  return isLarger ? Math.max(...known) : Math.min(...known);
}
