// Several pipelines side by side: stages of the same class, in the same order, in one row.

import type { components } from '../api/schema';
import { COLUMN_PARAMS } from './stages';

export type Stage = components['schemas']['Stage'];

export interface StagesOf {
  model_id: string;
  stages: readonly Stage[];
}

export type RowStatus = 'same' | 'differs' | 'missing';

export interface AlignedRow {
  /** One for each pipeline, in their order; null where it has no such stage. */
  stages: (Stage | null)[];
  status: RowStatus;
  /** Parameters by name, and columns as `inputColumn` and `outputColumn` say. */
  differences: string[];
}

/** How `differences` names a column that not all of the stages read. */
export const inputColumn = (name: string) => `input column ${name}`;
/** How `differences` names a column that not all of the stages write. */
export const outputColumn = (name: string) => `output column ${name}`;

/** Whether a name in `differences` is about columns, not a parameter. */
export const isColumnDifference = (name: string): boolean =>
  COLUMN_PARAMS.has(name) || /^(order of )?(input|output) columns?( |$)/.test(name);

// Spark's uids: the class, an underscore, twelve hexadecimal digits. Columns that nobody named are
// made of them, as in `StringIndexer_860373adfca4__output`.
const UID = /[A-Za-z][A-Za-z0-9]*_[0-9a-f]{12}(?![0-9a-f])/g;

export function withoutUids(text: string): string {
  return text.replace(UID, '<uid>');
}

export function alignPipelines(pipelines: readonly StagesOf[]): { rows: AlignedRow[] } {
  let rows: (Stage | null)[][] = [];
  pipelines.forEach(({ stages }, index) => {
    rows = merge(rows, stages, index);
  });
  return { rows: rows.map(toRow) };
}

function toRow(stages: (Stage | null)[]): AlignedRow {
  const there = stages.filter((stage) => stage !== null);
  const differences = differencesOf(there);
  const isWhole = there.length === stages.length;
  const status = isWhole ? (differences.length > 0 ? 'differs' : 'same') : 'missing';
  return { stages, status, differences };
}

/** One more pipeline beside `width` others: the pairs with the highest sum of likenesses. */
function merge(
  rows: readonly (Stage | null)[][],
  stages: readonly Stage[],
  width: number,
): (Stage | null)[][] {
  const likeness = rows.map((row) => stages.map((stage) => likenessOf(row, stage)));
  const best = bestSums(likeness, rows.length, stages.length);
  const merged: (Stage | null)[][] = [];
  const alone = (stage: Stage) => [...Array<null>(width).fill(null), stage];
  let [r, s] = [0, 0];
  while (r < rows.length || s < stages.length) {
    const row = rows[r];
    const stage = stages[s];
    const pair = likeness[r]?.[s] ?? 0;
    const rest = best[r]?.[s] ?? 0;
    if (row && stage && pair > 0 && rest === pair + (best[r + 1]?.[s + 1] ?? 0)) {
      merged.push([...row, stage]);
      r += 1;
      s += 1;
    } else if (row && (!stage || rest === best[r + 1]?.[s])) {
      merged.push([...row, null]);
      r += 1;
    } else if (stage) {
      merged.push(alone(stage));
      s += 1;
    }
  }
  return merged;
}

/** Of every pair of tails the highest sum: a longest common subsequence with weights. */
function bestSums(likeness: readonly number[][], rows: number, stages: number): number[][] {
  const best = Array.from({ length: rows + 1 }, () => Array<number>(stages + 1).fill(0));
  for (let r = rows - 1; r >= 0; r -= 1) {
    for (let s = stages - 1; s >= 0; s -= 1) {
      const pair = likeness[r]?.[s] ?? 0;
      const taken = pair > 0 ? pair + (best[r + 1]?.[s + 1] ?? 0) : 0;
      const line = best[r];
      if (line) line[s] = Math.max(taken, best[r + 1]?.[s] ?? 0, line[s + 1] ?? 0);
    }
  }
  return best;
}

// A pair counts far more than how alike it is: likeness only decides which of two equal classes.
const PAIR = 100;

function likenessOf(row: readonly (Stage | null)[], stage: Stage): number {
  let highest = 0;
  for (const other of row) {
    if (!other || kindOf(other.class) !== kindOf(stage.class)) continue;
    const inputs = sameTexts(other.input_columns, stage.input_columns) ? 2 : 0;
    const outputs = sameTexts(other.output_columns, stage.output_columns) ? 2 : 0;
    const depth = other.depth === stage.depth ? 1 : 0;
    highest = Math.max(highest, PAIR + inputs + outputs + depth);
  }
  return highest;
}

/**
 * A model's class stands for its estimator's: loaded pipelines and the best of searches are known
 * by it. `DecisionTreeClassificationModel` is what `DecisionTreeClassifier` makes.
 */
function kindOf(className: string | null | undefined): string {
  return (className ?? '')
    .replace(/Model$/, '')
    .replace(/Classification$/, 'Classifier')
    .replace(/Regression$/, 'Regressor');
}

type Texts = readonly string[] | null | undefined;

function sameTexts(a: Texts, b: Texts): boolean {
  if (!a || !b || a.length !== b.length) return false;
  return a.every((text, i) => withoutUids(text) === withoutUids(b[i] ?? ''));
}

function differencesOf(stages: readonly Stage[]): string[] {
  if (stages.length < 2) return [];
  const inputs = stages.map((stage) => stage.input_columns);
  const outputs = stages.map((stage) => stage.output_columns);
  const isTold = [...inputs, ...outputs].every((columns) => (columns?.length ?? 0) > 0);
  const params = differingParams(stages).filter((name) => !isTold || !COLUMN_PARAMS.has(name));
  return [
    ...params,
    ...differingColumns(inputs, inputColumn, 'order of input columns'),
    ...differingColumns(outputs, outputColumn, 'order of output columns'),
  ];
}

/** Names of parameters that not all stages have with the same value. */
function differingParams(stages: readonly Stage[]): string[] {
  // A stage whose parameters are not known differs in none.
  const known = stages.flatMap((stage) => (stage.params ? [stage.params] : []));
  const names = new Set(known.flatMap((params) => Object.keys(params)));
  const text = (value: string | null | undefined) =>
    value === undefined ? '' : `=${withoutUids(value ?? '')}`;
  return [...names]
    .filter((name) => new Set(known.map((params) => text(params[name]))).size > 1)
    .sort((a, b) => a.localeCompare(b, 'en'));
}

function differingColumns(
  lists: readonly Texts[],
  say: (name: string) => string,
  order: string,
): string[] {
  const known = lists.flatMap((list) => (list ? [list.map(withoutUids)] : []));
  const all = new Set(known.flat());
  const partial = [...all].filter((name) => !known.every((list) => list.includes(name)));
  if (partial.length > 0) return partial.map(say);
  return new Set(known.map((list) => JSON.stringify(list))).size > 1 ? [order] : [];
}
