import { expect, it } from 'vitest';
import { featureList, matching, type Feature } from './features';

const slot = (position: number, more: Partial<Feature>): Feature => ({
  position,
  name: `f${position}`,
  slot_count: 700,
  ...more,
});

it('weighs coefficients without the intercept', () => {
  const list = featureList([
    slot(0, { coefficient: -2, std_error: 0.1, source_columns: ['Age'] }),
    slot(1, { coefficient: 1 }),
    slot(-1, { coefficient: 100, name: '(intercept)' }),
  ]);
  expect(list.rows.map(({ share }) => share)).toEqual([-1, 0.5, 0]);
  expect(list).toMatchObject({
    kind: 'coefficient',
    hasErrors: true,
    hasClasses: false,
    slots: 700,
    told: 2,
  });
  expect(matching(list.rows, 'age').map(({ name }) => name)).toEqual(['f0']);
  expect(matching(list.rows, ' ')).toHaveLength(3);
});

it('prefers importances, and knows when there are no weights', () => {
  expect(featureList([slot(0, { importance: 0.5 })]).kind).toBe('importance');
  expect(featureList([slot(0, { name: null })])).toMatchObject({
    kind: undefined,
    rows: [{ name: 'feature 0', weight: undefined, share: 0 }],
  });
  expect(featureList([]).slots).toBe(0);
});
