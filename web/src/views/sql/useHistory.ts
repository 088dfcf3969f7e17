import { useSyncExternalStore } from 'react';
import { forget, readHistory, remember, type Asked } from './memory';

// One list for the page, so that whoever adds to it need not hold it.
let history: Asked[] | undefined;
const listeners = new Set<() => void>();

function set(next: Asked[]): void {
  history = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  // Another tab may have asked meanwhile.
  const reread = () => set(readHistory());
  listeners.add(listener);
  window.addEventListener('storage', reread);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', reread);
  };
}

const current = () => (history ??= readHistory());

/** The last queries of this browser. */
export function useHistory(): readonly Asked[] {
  return useSyncExternalStore(subscribe, current);
}

export function addQuery(query: string): void {
  set(remember({ query, at: Date.now() }));
}

/** What was typed and not run; nothing, where it was. */
export function addDraft(query: string): void {
  if (query.trim() === '' || current().some((asked) => asked.query === query.trim())) return;
  set(remember({ query, at: Date.now(), isDraft: true }));
}

export function clearHistory(): void {
  set(forget());
}
