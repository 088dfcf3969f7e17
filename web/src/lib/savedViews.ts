// Named views live in this browser; to give one to somebody there is its address.

import { keep, kept } from './storage';

export interface SavedView {
  name: string;
  search: string;
}

/** Views of the table of models, or charts of Explore: lists of their own in each project. */
export type SavedKind = 'view' | 'chart';

const KEYS: Record<SavedKind, string> = {
  view: 'modeldb.views.models',
  chart: 'modeldb.charts',
};
const keyFor = (kind: SavedKind, project: string | undefined) => `${KEYS[kind]}:${project ?? ''}`;

/** Neither the project, which the list belongs to, nor what is selected makes a view. */
const NOT_OF_VIEW = ['project', 'selected'];

export function viewOf(search: string): string {
  const params = new URLSearchParams(search);
  for (const key of NOT_OF_VIEW) params.delete(key);
  return params.toString();
}

/** The address of a saved view in its project. */
export function searchOf(view: SavedView, project: string | undefined): string {
  const params = new URLSearchParams(project === undefined ? {} : { project });
  for (const [key, value] of new URLSearchParams(view.search)) params.set(key, value);
  return `?${params.toString()}`;
}

export function readViews(kind: SavedKind, project: string | undefined): SavedView[] {
  const list = kept(keyFor(kind, project));
  return Array.isArray(list) ? list.filter(isView) : [];
}

/** Whether the browser kept them. */
export function writeViews(
  kind: SavedKind,
  project: string | undefined,
  views: readonly SavedView[],
): boolean {
  return keep(keyFor(kind, project), views);
}

/** A view of the same name is replaced. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] {
  const others = views.filter((old) => old.name !== view.name);
  return [...others, view].sort((a, b) => a.name.localeCompare(b.name));
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'name' in value &&
    typeof value.name === 'string' &&
    'search' in value &&
    typeof value.search === 'string'
  );
}
