import { expect, it } from 'vitest';
import { capitalised, upTo } from './limits';

it('says where a list may be cut', () => {
  expect(upTo(1, 500, 'note')).toBe('1 note');
  expect(upTo(1_200, 2_000, 'node')).toBe('1,200 nodes');
  expect(upTo(500, 500, 'note', 'newest')).toBe('the newest 500 notes');
  expect(capitalised(upTo(500, 500, 'note'))).toBe('The first 500 notes');
});
