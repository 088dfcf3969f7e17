import { beforeEach, expect, it, vi } from 'vitest';
import { readDraft, readHistory, remember, withAsked, writeDraft } from './memory';

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
});

it('keeps the last fifty, each once, the newest first', () => {
  let history = withAsked([], { query: 'select 0', at: 0 });
  for (let i = 1; i < 60; i++) history = withAsked(history, { query: ` select ${i} `, at: i });
  history = withAsked(history, { query: 'select 30', at: 99 });
  expect(history).toHaveLength(50);
  expect(history[0]).toEqual({ query: 'select 30', at: 99 });
  expect(history.filter(({ query }) => query === 'select 30')).toHaveLength(1);
  expect(withAsked(history, { query: '  ', at: 1 })).toEqual(history);
});

it('remembers, and bears what others wrote into the storage', () => {
  remember({ query: 'select 1', at: 1 });
  expect(readHistory()).toEqual([{ query: 'select 1', at: 1 }]);
  localStorage.setItem('modeldb.sql.history', '[{"query": 1}, null, {"query": "a", "at": 2}]');
  expect(readHistory()).toEqual([{ query: 'a', at: 2 }]);
  localStorage.setItem('modeldb.sql.history', '{');
  expect(readHistory()).toEqual([]);
});

it('keeps a draft, and goes on without storage', () => {
  expect(readDraft()).toBeUndefined();
  writeDraft({ text: 'sel', base: '' });
  expect(readDraft()).toEqual({ text: 'sel', base: '' });
  const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new Error('full');
  });
  expect(() => writeDraft({ text: 'x', base: '' })).not.toThrow();
  full.mockRestore();
});
