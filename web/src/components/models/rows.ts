import type { ModelAnswer } from '../../query/closedQuery';

/** A row of an answer, by the keys that were asked for. */
export interface ModelRow {
  id: string;
  values: readonly unknown[];
  at: ReadonlyMap<string, number>;
}

export function valueOf(row: ModelRow, key: string): unknown {
  const at = row.at.get(key);
  return at === undefined ? undefined : row.values[at];
}

export function textOf(row: ModelRow, key: string): string | undefined {
  const value = valueOf(row, key);
  return typeof value === 'string' ? value : undefined;
}

type Page = Pick<ModelAnswer, 'rows'>;

/** Rows of a page are made once: a table draws those anew that are new objects. */
const made = new WeakMap<Page, { keys: string; rows: readonly ModelRow[] }>();

function rowsOfPage(page: Page, keys: readonly string[]): readonly ModelRow[] {
  const names = JSON.stringify(keys);
  const known = made.get(page);
  if (known?.keys === names) return known.rows;
  const at = new Map(keys.map((key, i) => [key, i]));
  const id = at.get('model_id') ?? 0;
  const rows = page.rows.map((values) => ({ id: String(values[id]), values, at }));
  made.set(page, { keys: names, rows });
  return rows;
}

/**
 * The rows of all pages. A model that came while pages were read shifts them by one, so that the
 * last of one page is the first of the next: it is told once.
 */
export function rowsOf(pages: readonly Page[], keys: readonly string[]): ModelRow[] {
  const seen = new Map<string, ModelRow>();
  for (const page of pages) {
    for (const row of rowsOfPage(page, keys)) if (!seen.has(row.id)) seen.set(row.id, row);
  }
  return [...seen.values()];
}
