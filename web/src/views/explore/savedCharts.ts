// Named charts live in this browser; to give one to somebody there is its address.

import type { SavedView } from '../../lib/savedViews';

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;

const keyFor = (project: string) => `modeldb.charts:${project}`;

export function readCharts(project: string, storage: Storage): SavedView[] {
  try {
    const list: unknown = JSON.parse(storage.getItem(keyFor(project)) ?? '[]');
    return Array.isArray(list) ? list.filter(isView) : [];
  } catch {
    // Forbidden, or written by something else.
    return [];
  }
}

/** Whether the browser kept them. */
export function writeCharts(
  project: string,
  charts: readonly SavedView[],
  storage: Storage,
): boolean {
  try {
    storage.setItem(keyFor(project), JSON.stringify(charts));
    return true;
  } catch {
    return false;
  }
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null) return false;
  const { name, search } = value as Record<string, unknown>;
  return typeof name === 'string' && typeof search === 'string';
}
