// How much of a metric's variance one parameter explains by itself.
//
// Models are grouped by the parameter: numbers with many values by equal shares of models, texts by
// value. η² = SS_between ∕ SS_total is the share of the metric's variance that lies between the
// groups. With few models in many groups it is large by chance, so what is shown is ε²,
//
//   ε² = (SS_between − (k − 1) · MS_within) ∕ SS_total,   MS_within = SS_within ∕ (n − k),
//
// which is about 0 where the parameter has nothing to do with the metric (Kelley 1935).

import { toNumber } from '../values';

const BINS = 8;
const FEW = 12;
const TOP = 20;
const MIN_MODELS = 5;

export interface Effect {
  /** ε², between 0 and 1; `undefined` where too few models tell. */
  share: number | undefined;
  /** η², before it is corrected. */
  eta: number | undefined;
  models: number;
  groups: number;
  /** The group whose models are best on average. */
  best: string | undefined;
}

export interface Group {
  name: string;
  values: number[];
}

/** `pairs` are the parameter and the metric of every model. */
export function effectOf(
  pairs: readonly (readonly [unknown, unknown])[],
  largerIsBetter: boolean,
): Effect {
  const known = pairs.flatMap(([parameter, metric]) => {
    const value = toNumber(metric);
    return parameter == null || value === null ? [] : [{ parameter, value }];
  });
  const groups = groupBy(known);
  const n = known.length;
  const k = groups.length;
  const nothing = { share: undefined, eta: undefined, models: n, groups: k, best: undefined };
  if (k < 2 || n < MIN_MODELS || n <= k) return nothing;

  const mean = average(known.map(({ value }) => value));
  let [total, within] = [0, 0];
  let best: { name: string; mean: number } | undefined;
  for (const { name, values } of groups) {
    const own = average(values);
    for (const value of values) {
      total += (value - mean) ** 2;
      within += (value - own) ** 2;
    }
    if (!best || (largerIsBetter ? own > best.mean : own < best.mean)) best = { name, mean: own };
  }
  if (total === 0) return nothing;
  const between = total - within;
  const share = (between - (k - 1) * (within / (n - k))) / total;
  return {
    share: Math.min(1, Math.max(0, share)),
    eta: between / total,
    models: n,
    groups: k,
    best: best?.name,
  };
}

interface Known {
  parameter: unknown;
  value: number;
}

export function groupBy(known: readonly Known[]): Group[] {
  const numbers = known.every(({ parameter }) => typeof parameter === 'number');
  const distinct = new Set(known.map(({ parameter }) => parameter));
  return numbers && distinct.size > FEW ? byShare(known) : byValue(known);
}

function byValue(known: readonly Known[]): Group[] {
  const groups = new Map<string, number[]>();
  for (const { parameter, value } of known) {
    const name = typeof parameter === 'string' ? parameter : JSON.stringify(parameter);
    const values = groups.get(name);
    if (values) values.push(value);
    else groups.set(name, [value]);
  }
  const sorted = [...groups].sort((a, b) => b[1].length - a[1].length);
  const rest = sorted.slice(TOP).flatMap(([, values]) => values);
  const shown = sorted.slice(0, TOP).map(([name, values]) => ({ name, values }));
  return rest.length > 0 ? [...shown, { name: 'other', values: rest }] : shown;
}

/** Bins with about as many models each; equal numbers stay together. */
function byShare(known: readonly Known[]): Group[] {
  const sorted = [...known].sort((a, b) => Number(a.parameter) - Number(b.parameter));
  const groups: (Group & { from: number; to: number })[] = [];
  sorted.forEach(({ parameter, value }, i) => {
    const number = Number(parameter);
    const last = groups.at(-1);
    const isNew = !last || (i >= (groups.length * sorted.length) / BINS && number !== last.to);
    if (isNew) groups.push({ name: '', values: [value], from: number, to: number });
    else {
      last.values.push(value);
      last.to = number;
    }
  });
  return groups.map(({ values, from, to }) => ({
    name: from === to ? short(from) : `${short(from)} to ${short(to)}`,
    values,
  }));
}

const short = (value: number) => String(Number(value.toPrecision(4)));

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
