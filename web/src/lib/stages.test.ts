import { expect, it } from 'vitest';
import { paramList, paramText, stageNumber, stageParams } from './stages';

const stage = {
  path: '0',
  depth: 0,
  stage_index: 0,
  params: { maxIter: '20', regParam: '0.0', inputCols: '["a","b"]' },
  changed_params: { maxIter: '20' },
};

it('separates what was set', () => {
  const { changed, rest, isKnown } = stageParams(stage);
  expect(changed).toEqual([{ name: 'maxIter', value: '20' }]);
  expect(rest.map(({ name }) => name)).toEqual(['inputCols', 'regParam']);
  expect(isKnown).toBe(true);
  expect(stageParams({ ...stage, changed_params: null })).toMatchObject({
    changed: [],
    isKnown: false,
  });
});

it('counts from one', () => {
  expect(['0', '2.0', ''].map(stageNumber)).toEqual(['1', '3.1', '']);
});

it('reads lists', () => {
  expect(['["a","b c"]', '[1', '[1,2]', 'gini', ''].map(paramText)).toEqual([
    'a, b c',
    '[1',
    '[1,2]',
    'gini',
    '(empty)',
  ]);
  expect(paramList(stage, 'inputCols')).toEqual(['a', 'b']);
  expect(paramList(stage, 'maxIter')).toBeUndefined();
});
