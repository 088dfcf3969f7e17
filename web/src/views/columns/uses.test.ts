import { expect, it } from 'vitest';
import { filtersOf } from './uses';

it('counts a model of which nothing is known as neither', () => {
  expect(filtersOf('used', 'age').map(({ op }) => op)).toEqual([{ in: ['age'] }]);
  expect(filtersOf('unused', 'age').map(({ op }) => op)).toEqual([
    { not_in: ['age'] },
    { missing: false },
  ]);
  expect(filtersOf('unknown', 'age').map(({ op }) => op)).toEqual([{ missing: true }]);
});
