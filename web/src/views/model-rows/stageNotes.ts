// What is worth a look at each stage of a row's way: where a wrong prediction may have begun.

import type { components } from '../../api/schema';
import { formatNumber, formatPlain } from '../../lib/format';
import { shortClass } from '../../lib/names';
import { toNumber } from '../../lib/numbers';
import type { Feature } from '../model/features';
import { isMissing, standingOf, type Population } from './population';
import { readVector, slotsOf, weightiest } from './slots';

export type TraceStep = {
  stage_index: number;
  model_id?: string | null;
  class?: string | null;
  uid?: string | null;
  input_columns: string[];
  output_columns: string[];
  input_values: Record<string, unknown>;
  output_values: Record<string, unknown>;
};
export type ScoredTable = components['schemas']['Table'];

export interface StageNote {
  column: string;
  text: string;
  /** It came about in this stage, and not before. */
  isMade?: boolean;
}

export interface NoteContext {
  population: Population;
  features: readonly Feature[];
  /** Columns that are unusual already: what follows from them is no news. Grows by each stage. */
  odd: Set<string>;
}

const MAX_SLOTS = 3;

/** What a stage read that is unusual, and what it did about it. */
function stageNotes(step: TraceStep, context: NoteContext): StageNote[] {
  return [
    ...inputNotes(step, context),
    ...filledNotes(step),
    ...vectorNotes(step, context),
    ...encodedNotes(step),
    ...outputNotes(step, context),
  ];
}

function inputNotes(step: TraceStep, { population, odd }: NoteContext): StageNote[] {
  return step.input_columns.flatMap((column) => {
    if (odd.has(column) || !(column in step.input_values)) return [];
    const value = step.input_values[column];
    const standing = standingOf(value, population.get(column));
    if (!standing?.isUnusual) return [];
    odd.add(column);
    // Told by what the stage made of it.
    if (isMissing(value) && pairOf(step, column) !== undefined) return [];
    return [{ column, text: `${shown(value)}${standing.text}` }];
  });
}

/** What became unusual in this stage. A prediction is no cause of itself. */
function outputNotes(step: TraceStep, { population, odd }: NoteContext): StageNote[] {
  if (predicts(step)) return [];
  return step.output_columns.flatMap((column) => {
    const value = step.output_values[column];
    const pair = step.input_columns.find((input) => pairOf(step, input) === column);
    const sources = pair === undefined ? step.input_columns : [pair];
    // A number that stands for a category is as unusual as the category.
    const isCode = sources.every((name) => typeof step.input_values[name] === 'string');
    const standing = isMissing(value) ? undefined : standingOf(value, population.get(column));
    if (!standing?.isUnusual || isCode) return [];
    odd.add(column);
    if (sources.some((name) => odd.has(name) || isMissing(step.input_values[name]))) return [];
    const isKnown = sources.every((name) =>
      standingOf(step.input_values[name], population.get(name)),
    );
    const why = isKnown ? ', though what it was made of is usual' : '';
    const text = `${shown(value)}${standing.text}${why}`;
    return [{ column, text, isMade: true }];
  });
}

const predicts = (step: TraceStep): boolean =>
  step.output_columns.some((output) => /prediction/i.test(output));

/** `12.3 is `; what is missing needs no value. */
function shown(value: unknown): string {
  if (isMissing(value)) return '';
  const number = toNumber(value);
  return number === undefined ? `“${formatPlain(value)}”: ` : `${formatNumber(number)}, `;
}

/** The output that a stage makes of just this input. */
export function pairOf(step: TraceStep, input: string): string | undefined {
  if (step.input_columns.length !== step.output_columns.length) return undefined;
  return step.output_columns[step.input_columns.indexOf(input)];
}

/** Missing before, there after. */
function filledNotes(step: TraceStep): StageNote[] {
  return step.input_columns.flatMap((column) => {
    const output = pairOf(step, column);
    if (output === undefined || !(column in step.input_values)) return [];
    const after = step.output_values[output];
    if (!isMissing(step.input_values[column])) return [];
    if (after === undefined) return [{ column, text: 'missing' }];
    if (isMissing(after)) return [{ column, text: `missing, and still is after this stage` }];
    const number = toNumber(after);
    const filled = number === undefined ? JSON.stringify(after) : formatNumber(number);
    return [{ column, text: `missing; filled with ${filled}` }];
  });
}

function vectorNotes(step: TraceStep, context: NoteContext): StageNote[] {
  const { features, population } = context;
  return Object.entries(step.input_values).flatMap(([column, value]) => {
    const vector = readVector(value);
    if (!vector) return [];
    const bad = vector.filter((number) => !Number.isFinite(number)).length;
    if (bad > 0) return [{ column, text: `${bad} of ${vector.length} slots are no numbers` }];
    // Slots are told once, where the model reads them.
    if (!predicts(step)) return [];
    const slots = slotsOf(vector, {
      column,
      features,
      among: population.get(column),
      isLearnt: true,
    });
    const odd = weightiest(slots).filter(({ standing }) => standing?.isUnusual);
    return odd.slice(0, MAX_SLOTS).map(({ name, value: number, standing }) => ({
      column: `${column}: ${name}`,
      text: `${formatNumber(number)}, ${standing?.text ?? ''}`,
    }));
  });
}

/** A one-hot vector of zeros says nothing about its category. */
function encodedNotes(step: TraceStep): StageNote[] {
  if (!/OneHot/i.test(shortClass(step.class ?? ''))) return [];
  return Object.entries(step.output_values).flatMap(([column, value]) => {
    const vector = readVector(value);
    if (!vector || vector.length === 0 || vector.some((number) => number !== 0)) return [];
    return [
      {
        column,
        text: 'all zeros: a category that was not seen in training, or the last one, which is dropped',
      },
    ];
  });
}

export interface StepNotes {
  step: TraceStep;
  notes: StageNote[];
  /** The columns that are unusual, here or since an earlier stage. */
  odd: ReadonlySet<string>;
}

/** Notes by stage; the first stage with any is where it may have begun. */
export function notesOf(
  steps: readonly TraceStep[],
  population: Population,
  features: readonly Feature[],
): StepNotes[] {
  const odd = new Set<string>();
  return steps.map((step) => {
    const notes = stageNotes(step, { population, features, odd });
    return { step, notes, odd: new Set(odd) };
  });
}
