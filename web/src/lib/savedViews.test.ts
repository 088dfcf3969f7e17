import { expect, it } from 'vitest';
import { readViews, searchOf, viewOf, withView, writeViews } from './savedViews';

function memory(initial?: string) {
  let kept = initial ?? null;
  return { getItem: () => kept, setItem: (_: string, text: string) => void (kept = text) };
}

it('keeps views by name, and replaces one of the same name', () => {
  const storage = memory();
  const views = withView(withView([], { name: 'b', search: 'q=1' }), { name: 'a', search: 'q=2' });
  expect(writeViews('p', withView(views, { name: 'b', search: 'q=3' }), storage)).toBe(true);
  expect(readViews('p', storage)).toEqual([
    { name: 'a', search: 'q=2' },
    { name: 'b', search: 'q=3' },
  ]);
});

it('has neither the project nor the selection in a view', () => {
  const search = viewOf('?project=p&q=x&selected=a,b');
  expect(search).toBe('q=x');
  expect(searchOf({ name: 'v', search }, 'a & b')).toBe('?project=a+%26+b&q=x');
});

it('survives a storage that fails or holds something else', () => {
  const broken = {
    getItem: () => {
      throw new Error('forbidden');
    },
    setItem: () => {
      throw new Error('full');
    },
  };
  expect(readViews('p', broken)).toEqual([]);
  expect(writeViews('p', [], broken)).toBe(false);
  expect(readViews('p', memory('{"a":1}'))).toEqual([]);
  expect(readViews('p', memory('[{"name":1}]'))).toEqual([]);
});
