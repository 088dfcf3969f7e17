import { describe, expect, it } from 'vitest';
import { notesOf, type TraceStep } from './stageNotes';

const step = (name: string, before: object, after: object): TraceStep => ({
  stage_index: 0,
  class: `org.apache.spark.ml.feature.${name}`,
  input_columns: Object.keys(before),
  output_columns: Object.keys(after),
  input_values: { ...before },
  output_values: { ...after },
});
const hundred = Array.from({ length: 100 }, (_, i) => i);
const population = new Map<string, unknown[]>([
  ['precip', hundred.map((i) => i / 100)],
  ['carrier', hundred.map((i) => (i === 0 ? 'ZZ' : 'UA'))],
  ['age', hundred],
  ['features', hundred.map((i) => [i, 0])],
]);
const tell = (...steps: TraceStep[]) =>
  notesOf(steps, population, []).map(({ notes }) =>
    notes.map(({ column, text }) => [column, text]),
  );

describe('notesOf', () => {
  it('tells what was missing and is filled', () => {
    expect(tell(step('Imputer', { age: null }, { age_filled: 14 }))).toEqual([
      [['age', 'missing; filled with 14']],
    ]);
    expect(tell(step('Imputer', { age: 'NaN' }, { age_filled: 'NaN' }))[0]?.[0]?.[1]).toMatch(
      /still is/,
    );
  });

  it('tells values that are far out, once', () => {
    const [first, second] = tell(
      step('Imputer', { precip: 5 }, { precip_filled: 5 }),
      step('Assembler', { precip_filled: 5 }, { raw: [5] }),
    );
    expect(first).toEqual([['precip', '5, higher than all 100 sampled rows']]);
    expect(second).toEqual([]);
  });

  it('tells what a stage made unusual, and not again what follows from it', () => {
    const noted = notesOf(
      [
        step('Custom', { age: 50 }, { precip: 9 }),
        step('Scaler', { precip: 9 }, { age: 500 }),
        step('StringIndexer', { carrier: 'UA' }, { age: 500 }),
      ],
      population,
      [],
    );
    expect(noted.map(({ notes }) => notes.map(({ column }) => column))).toEqual([
      ['precip'],
      [],
      [],
    ]);
    expect(noted[0]?.notes[0]?.isMade).toBe(true);
    expect([...(noted[1]?.odd ?? [])]).toEqual(['precip', 'age']);
  });

  it('tells categories that nobody else has', () => {
    expect(tell(step('StringIndexer', { carrier: 'ZZ' }, { carrier_ix: 9 }))[0]).toEqual([
      ['carrier', '“ZZ”: no other of 100 sampled rows has it'],
    ]);
  });

  it('tells vectors of zeros and with holes', () => {
    expect(tell(step('OneHotEncoder', { ix: 9 }, { hot: [0, 0] }))[0]?.[0]?.[0]).toBe('hot');
    expect(tell(step('OneHotEncoder', { ix: 1 }, { hot: [0, 1] }))[0]).toEqual([]);
    expect(tell(step('Scaler', { raw: [1, 'NaN'] }, { features: [1, 2] }))[0]).toEqual([
      ['raw', '1 of 2 slots are no numbers'],
    ]);
  });

  it('tells slots where the model reads them', () => {
    expect(tell(step('LR', { features: [99, 0] }, { prediction: 1 }))[0]).toEqual([
      ['features: 0', '99, higher than 99 % of 100 sampled rows'],
    ]);
    expect(tell(step('Slicer', { features: [99, 0] }, { part: [99] }))[0]).toEqual([]);
  });

  it('finds nothing in a usual row, and in one that was not sampled', () => {
    expect(
      tell(step('Imputer', { age: 50 }, { age_filled: 50 }), {
        ...step('X', {}, {}),
        input_columns: ['a'],
        output_columns: ['b'],
      }),
    ).toEqual([[], []]);
  });
});
