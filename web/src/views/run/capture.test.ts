import { expect, it } from 'vitest';
import { missedOf, modeText } from './capture';

it('says what was not captured, the most frequent first, without what never happened', () => {
  expect(missedOf({ queue_full: 0, 'unseen:Forest.fit': 2, brand_new: 3 })).toEqual([
    { reason: 'brand_new', text: 'brand new', count: 3 },
    { reason: 'unseen:Forest.fit', text: 'Forest.fit ran and was not seen', count: 2 },
  ]);
  expect(missedOf(null)).toEqual([]);
});

it('knows modes and shows others as they are', () => {
  expect(modeText('agent')).toMatch(/^Everything/);
  expect(modeText('new')).toBe('new');
  expect(modeText(null)).toBeUndefined();
});
