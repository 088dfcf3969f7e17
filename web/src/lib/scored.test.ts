import { expect, it } from 'vitest';
import {
  confidence,
  errorOf,
  outcomeOf,
  ownColumns,
  readScored,
  type ScoredAnswer,
} from './scored';

const column = (name: string) => ({ name, kind: 'number' as const, sql_type: 'Float64' });
const answer: ScoredAnswer = {
  datasets: [],
  columns: ['row_id', 'label', 'prediction', 'probability', 'label'].map(column),
  rows: [
    ['a', 1, 0, [0.7, 0.3], 'own'],
    ['b', 'NaN', 2, null, null],
  ],
};

it('reads rows, with a column of their own that is called label', () => {
  const [a, b] = readScored(answer);
  expect(a).toEqual({
    id: 'a',
    label: 1,
    prediction: 0,
    probability: [0.7, 0.3],
    values: { label: 'own' },
  });
  expect(b?.label).toBeNaN();
  expect(b?.probability).toBeUndefined();
  expect(ownColumns(answer).map(({ name }) => name)).toEqual(['label']);
});

it('says how right it was', () => {
  const [a, b] = readScored(answer);
  if (!a || !b) throw new Error('no rows');
  expect([confidence(a), outcomeOf(a), errorOf(a)]).toEqual([0.7, 'wrong', -1]);
  expect(outcomeOf({ ...b, label: undefined })).toBe('unknown');
  expect(confidence(b)).toBeUndefined();
});

it('has no rows where nothing was scored', () => {
  const empty = { datasets: [], dataset_id: null } as unknown as ScoredAnswer;
  expect(readScored(empty)).toEqual([]);
  expect(readScored(undefined)).toEqual([]);
});
