import { afterEach, expect, it, vi } from 'vitest';
import { readViews, searchOf, viewOf, withView, writeViews } from './savedViews';

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

it('keeps views by name, and replaces one of the same name', () => {
  const views = withView(withView([], { name: 'b', search: 'q=1' }), { name: 'a', search: 'q=2' });
  expect(writeViews('view', 'p', withView(views, { name: 'b', search: 'q=3' }))).toBe(true);
  expect(readViews('view', 'p')).toEqual([
    { name: 'a', search: 'q=2' },
    { name: 'b', search: 'q=3' },
  ]);
  expect(readViews('chart', 'p')).toEqual([]);
  expect(readViews('view', undefined)).toEqual([]);
});

it('has neither the project nor the selection in a view', () => {
  const search = viewOf('?project=p&q=x&selected=a,b');
  expect(search).toBe('q=x');
  expect(searchOf({ name: 'v', search }, 'a & b')).toBe('?project=a+%26+b&q=x');
});

it('survives a storage that fails or holds something else', () => {
  for (const other of ['{"a":1}', '[{"name":1}]', '{']) {
    localStorage.setItem('modeldb.views.models:p', other);
    expect(readViews('view', 'p')).toEqual([]);
  }
  for (const method of ['getItem', 'setItem'] as const) {
    vi.spyOn(Storage.prototype, method).mockImplementation(() => {
      throw new Error('forbidden');
    });
  }
  expect(readViews('view', 'p')).toEqual([]);
  expect(writeViews('view', 'p', [])).toBe(false);
});
