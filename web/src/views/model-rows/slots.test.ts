import { expect, it } from 'vitest';
import type { Feature } from '../model/features';
import { misleading, readVector, slotNames, slotsOf, weightiest, wrongSignOf } from './slots';

const feature = (position: number, name: string, more: Partial<Feature> = {}): Feature => ({
  position,
  name,
  slot_count: 3,
  ...more,
});
const features = [
  feature(2, 'c_B', { coefficient: 2 }),
  feature(1, 'c_A', { coefficient: -1 }),
  feature(0, 'age', { coefficient: 0.5 }),
  feature(-1, '(intercept)', { coefficient: 9 }),
];

it('names slots of the whole vector and of a part', () => {
  expect(slotNames('raw', 3, features)).toEqual(['age', 'c_A', 'c_B']);
  expect(slotNames('c', 2, features)).toEqual(['A', 'B']);
  expect(slotNames('other', 2, features)).toEqual([undefined, undefined]);
});

it('reads vectors', () => {
  expect(readVector([1, 'NaN'])).toEqual([1, NaN]);
  expect(readVector(['a'])).toBeUndefined();
  expect(readVector(3)).toBeUndefined();
});

const among = Array.from({ length: 40 }, (_, i) => [i, 0, 1]);

it('says what each slot moved', () => {
  const slots = slotsOf([39, 1, 1], { column: 'raw', features, among, isLearnt: true });
  expect(slots.map(({ push }) => push)).toEqual([9.75, -1, 0]);
  expect(weightiest(slots)[0]?.name).toBe('age');
  expect(slots[1]?.standing?.isUnusual).toBe(true);
});

it('gives no weights to a vector that the model does not learn from', () => {
  const [age] = slotsOf([1, 0, 0], { column: 'raw', features, among, isLearnt: false });
  expect(age).toMatchObject({ name: 'age', weight: undefined, push: undefined });
});

it('has no one direction with a coefficient for each class', () => {
  const many = features.map((of) => ({ ...of, class_index: 1 }));
  const [age] = slotsOf([1, 0, 0], { column: 'raw', features: many, among, isLearnt: true });
  expect(age?.push).toBeUndefined();
});

it('stands samples of another size, and none', () => {
  const [only] = slotsOf([5], { column: 'x', features: [], among: [[1, 2], null], isLearnt: true });
  expect(only).toMatchObject({ name: '0', value: 5, standing: undefined });
});

it('finds what led away from the label', () => {
  const row = { id: 'r', label: 1, prediction: 0, probability: undefined, values: {} };
  expect(wrongSignOf(row, true)).toBe(-1);
  expect(wrongSignOf({ ...row, prediction: 1 }, true)).toBeUndefined();
  expect(wrongSignOf({ ...row, prediction: 3 }, false)).toBe(1);
  const slots = slotsOf([39, 1, 1], { column: 'raw', features, among, isLearnt: true });
  expect(misleading(slots, -1).map(({ name }) => name)).toEqual(['c_A']);
  expect(misleading(slots, undefined)).toEqual([]);
});
