// The comparison in words.

import { isColumnDifference, type AlignedRow, type Stage } from '../../lib/alignPipelines';
import { formatNumber } from '../../lib/format';
import { shortClass } from '../../lib/names';
import { differs, type Row } from './rows';

export interface Compared {
  /** Names of the models, as the sentences have them. */
  names: readonly string[];
  metrics: readonly Row[];
  params: readonly Row[];
  data: readonly Row[];
  columns: readonly Row[];
  stages: readonly AlignedRow[];
  /** What each ends in: of a search the class of its best model. */
  families: readonly (string | undefined)[];
  /** The stage that each pipeline ends in. */
  estimators: readonly (Stage | undefined)[];
}

const NAMED = 4;
const LETTERS = 60;

/** What they differ in, which is better at what, and on which slices that is the other way round. */
export function summary(compared: Compared): string[] {
  const isPair = compared.names.length === 2;
  const better = isPair ? betterOfTwo(compared) : bestOfMany(compared);
  return [differences(compared), better, isPair ? otherwiseOnSlices(compared) : undefined].filter(
    (sentence) => sentence !== undefined,
  );
}

function differences(compared: Compared): string {
  const { params, data, columns, stages, estimators, families } = compared;
  const parts: string[] = [];
  const classes = families.map((family) => shortClass(family ?? 'unknown'));
  const isOtherFamily = new Set(classes).size > 1;
  if (isOtherFamily) parts.push(`family (${joined([...new Set(classes)])})`);
  const differingParams = params.filter(differs);
  if (differingParams.length > 0) {
    parts.push(`${counted(differingParams.length, 'parameter')} (${list(differingParams)})`);
  }
  // Estimators of two families are no stages that somebody left out.
  const isLast = (row: AlignedRow) =>
    row.stages.some((stage) => stage && estimators.includes(stage));
  const partial = stages.filter((row) => row.status === 'missing' && !isLast(row)).length;
  if (partial > 0) parts.push(`${counted(partial, 'stage')} that only some have`);
  const wired = stages.filter((row) => row.differences.some(isColumnDifference)).length;
  if (wired > 0) parts.push(`the columns of ${counted(wired, 'stage')}`);
  const differingColumns = columns.filter(differs);
  if (differingColumns.length > 0) {
    parts.push(`${counted(differingColumns.length, 'source column')} (${list(differingColumns)})`);
  }
  // Of data that is not known of all of them nobody can say that it is another.
  const isKnown = ({ values }: Row) => values.every((value) => value !== null);
  const isOtherData = data.some((row) => isKnown(row) && !row.isSame);
  const isSameData = data.length > 0 && data.every((row) => row.isSame);
  if (isOtherData) parts.push('the data they learnt from');
  if (parts.length === 0) {
    return isSameData
      ? 'They were built in the same way from the same data.'
      : 'They were built in the same way; whether from the same data is not known.';
  }
  const sentence = `They differ in ${joined(parts)}.`;
  return isSameData ? `${sentence} Their data is the same.` : sentence;
}

/** Whole rows; slices have a sentence of their own. */
function decided(metrics: readonly Row[]): Row[] {
  return metrics.filter((row) => row.best.length > 0 && row.detail === undefined);
}

function betterOfTwo({ metrics }: Compared): string | undefined {
  const wins = (place: number) =>
    decided(metrics)
      .filter((row) => row.best.includes(place))
      .map((row) => `${short(row.name)} by ${formatNumber(gap(row), 3)}`);
  const [first, second] = [wins(0), wins(1)];
  if (first.length === 0 && second.length === 0) return undefined;
  if (second.length === 0) return `The first is better on ${joined(cut(first))}.`;
  if (first.length === 0) return `The second is better on ${joined(cut(second))}.`;
  return `The first is better on ${joined(cut(first))}; the second on ${joined(cut(second))}.`;
}

/** Slices on which the model that is better on all rows is not. */
function otherwiseOnSlices({ metrics }: Compared): string | undefined {
  const turned = metrics.filter((row) => {
    if (row.detail === undefined || row.best.length !== 1) return false;
    const whole = decided(metrics).find((other) => other.name === row.name);
    return whole !== undefined && !whole.best.includes(row.best[0] ?? 0);
  });
  if (turned.length === 0) return undefined;
  const parts = turned.map((row) => {
    const winner = row.best[0] === 0 ? 'first' : 'second';
    return `${short(row.detail ?? '')} the ${winner} is better on ${short(row.name)} by ${formatNumber(gap(row), 3)}`;
  });
  return `But ${joined(cut(parts))}.`;
}

function bestOfMany({ metrics, names }: Compared): string | undefined {
  const parts = decided(metrics).map((row) => {
    const winners = row.best.map((place) => names[place] ?? '');
    const value = row.numbers[row.best[0] ?? 0];
    return `${joined(winners)} on ${short(row.name)} (${value === undefined ? '' : formatNumber(value)})`;
  });
  if (parts.length === 0) return undefined;
  return `${parts.length === 1 ? 'The best is' : 'The best are'} ${joined(cut(parts))}.`;
}

function gap({ numbers }: Row): number {
  const known = numbers.filter((value) => value !== undefined);
  return Math.max(...known) - Math.min(...known);
}

function list(rows: readonly Row[]): string {
  return joined(cut([...new Set(rows.map((row) => short(row.name)))]));
}

function short(text: string): string {
  return text.length > LETTERS ? `${text.slice(0, LETTERS)}…` : text;
}

function cut(texts: readonly string[]): string[] {
  const more = texts.length - NAMED;
  return more > 0 ? [...texts.slice(0, NAMED), `${more} more`] : [...texts];
}

function joined(texts: readonly string[]): string {
  if (texts.length < 2) return texts[0] ?? '';
  return `${texts.slice(0, -1).join(', ')} and ${texts.at(-1) ?? ''}`;
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
