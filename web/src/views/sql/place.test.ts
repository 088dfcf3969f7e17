import { expect, it } from 'vitest';
import { rangeOf, withoutExcerpt } from './place';

const at = (text: string, line: number, column: number, width: number) => {
  const { from, to } = rangeOf(text, { line, column, width });
  return text.slice(from, to);
};

it('finds a word in any line', () => {
  expect(at('select modl_id\nfrom models', 1, 8, 7)).toBe('modl_id');
  expect(at('select a\nfrom modls', 2, 6, 5)).toBe('modls');
});

it('counts an emoji as one character', () => {
  expect(at("select '🙂', modl", 1, 13, 4)).toBe('modl');
});

it('stays inside of the text', () => {
  expect(at('select', 1, 7, 1)).toBe('t');
  expect(at('select', 9, 9, 9)).toBe('t');
  expect(rangeOf('', { line: 1, column: 1, width: 1 })).toEqual({ from: 0, to: 0 });
});

it('leaves out of a message what the editor shows', () => {
  const message = 'there is no column x\nline 2: select x\n               ^\ndid you mean y?';
  expect(withoutExcerpt(new Error(message))).toBe(
    'In line 2: there is no column x\ndid you mean y?',
  );
  expect(withoutExcerpt(new Error('out of memory'))).toBe('out of memory');
});
