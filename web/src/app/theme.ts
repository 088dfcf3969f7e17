// The choice of theme: kept in localStorage, applied as `data-theme` on the document, from which
// theme.css takes `color-scheme`. Charts read colours in JavaScript and subscribe here.

import { useSyncExternalStore } from 'react';
import { keep, kept } from '../lib/storage';

export type ThemeChoice = 'auto' | 'light' | 'dark';

const KEY = 'modeldb.theme';
const listeners = new Set<() => void>();
const prefersDark = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: dark)');

function stored(): ThemeChoice {
  const value = kept(KEY);
  return value === 'light' || value === 'dark' ? value : 'auto';
}

let choice: ThemeChoice = stored();

export function applyTheme(): void {
  if (choice === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = choice;
}

export function setTheme(next: ThemeChoice): void {
  choice = next;
  // Where nothing is kept, the choice lasts as long as the page.
  keep(KEY, next);
  applyTheme();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  const query = prefersDark();
  listeners.add(listener);
  query.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    query.removeEventListener('change', listener);
  };
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => choice);
}

/** What is on the screen, with `auto` resolved. */
export function useTheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () => {
    if (choice !== 'auto') return choice;
    return prefersDark().matches ? 'dark' : 'light';
  });
}
