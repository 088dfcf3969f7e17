// Named views live in this browser; to give one to somebody there is its address.

export interface SavedView {
  name: string;
  search: string;
}

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;

const keyFor = (project: string | undefined) => `modeldb.views.models:${project ?? ''}`;

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

export function readViews(project: string | undefined, storage: Storage): SavedView[] {
  try {
    const list: unknown = JSON.parse(storage.getItem(keyFor(project)) ?? '[]');
    return Array.isArray(list) ? list.filter(isView) : [];
  } catch {
    // Forbidden, or written by something else.
    return [];
  }
}

/** Whether the browser kept them. */
export function writeViews(
  project: string | undefined,
  views: readonly SavedView[],
  storage: Storage,
): boolean {
  try {
    storage.setItem(keyFor(project), JSON.stringify(views));
    return true;
  } catch {
    return false;
  }
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
