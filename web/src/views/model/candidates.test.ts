import { expect, it } from 'vitest';
import { foldMarks, labelOf, paramValue, triedParams, type Candidate } from './candidates';

const candidate = (index: number, params: Record<string, string>, more = {}): Candidate => ({
  candidate_index: index,
  params,
  ...more,
});
const two = [
  candidate(0, { reg: '0.1', iter: '10' }, { rank: 2, mean: 0.7, fold_values: [0.6, 'NaN', 0.8] }),
  candidate(1, { reg: '0.01', iter: '10' }, { rank: 1 }),
];

it('shows what was varied', () => {
  expect(triedParams(two)).toEqual(['reg']);
  expect(triedParams(two.slice(0, 1))).toEqual(['reg', 'iter']);
  expect(labelOf(candidate(2, {}), ['reg'])).toBe('3: defaults');
});

it('reads numbers as numbers', () => {
  expect(paramValue(candidate(0, { a: '0.10', b: 'gini', c: '' }), 'a')).toBe(0.1);
  expect(paramValue(candidate(0, { b: 'gini' }), 'b')).toBe('gini');
  expect(paramValue(candidate(0, { c: '' }), 'c')).toBe('');
});

it('marks folds and their mean', () => {
  expect(foldMarks(two, ['reg']).map(({ kind, fold, value }) => [kind, fold, value])).toEqual([
    ['fold', 1, 0.6],
    ['fold', 3, 0.8],
    ['mean', null, 0.7],
  ]);
});
