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
}

export interface NoteContext {
  population: Population;
  features: readonly Feature[];
  /** Columns that some stage made: of those only what the stage did is told. */
  made: ReadonlySet<string>;
}

const MAX_SLOTS = 3;

/** What a stage read that is unusual, and what it did about it. */
export function stageNotes(step: TraceStep, context: NoteContext): StageNote[] {
  return [
    ...inputNotes(step, context),
    ...filledNotes(step),
    ...vectorNotes(step, context),
    ...encodedNotes(step),
  ];
}

/** Of the data's own columns. */
function inputNotes(step: TraceStep, { population, made }: NoteContext): StageNote[] {
  return step.input_columns.flatMap((column) => {
    if (made.has(column) || !(column in step.input_values)) return [];
    const value = step.input_values[column];
    if (isMissing(value) && pairOf(step, column) !== undefined) return [];
    const standing = standingOf(value, population.get(column));
    return standing?.isUnusual ? [{ column, text: `${shown(value)}${standing.text}` }] : [];
  });
}

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
    if (step.output_columns.every((output) => !/prediction/i.test(output))) return [];
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
}

/** Notes by stage; the first stage with any is where it may have begun. */
export function notesOf(
  steps: readonly TraceStep[],
  population: Population,
  features: readonly Feature[],
): StepNotes[] {
  const made = new Set(steps.flatMap((step) => step.output_columns));
  const context = { population, features, made };
  return steps.map((step) => ({ step, notes: stageNotes(step, context) }));
}
