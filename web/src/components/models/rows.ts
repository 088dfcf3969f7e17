import type { ModelAnswer } from '../../query/closedQuery';
import { keyOf } from '../../query/fieldRef';
import type { ModelPage } from './useModelPages';

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

/** What each value of a row is. */
function outputKeys(answer: ModelAnswer): string[] {
  return answer.outputs.map(({ field }) => (field ? keyOf(field) : ''));
}

/** Rows of a page are made once: a table draws those anew that are new objects. */
const made = new WeakMap<ModelAnswer, readonly ModelRow[]>();

function rowsOfPage(page: ModelAnswer): readonly ModelRow[] {
  const known = made.get(page);
  if (known) return known;
  const at = new Map(outputKeys(page).map((key, i) => [key, i]));
  const id = at.get('model_id') ?? 0;
  const rows = page.rows.map((values) => ({ id: String(values[id]), values, at }));
  made.set(page, rows);
  return rows;
}

/**
 * The rows of all pages, by their places. A model that came while pages were read shifts them by
 * one, so that the last of one page is the first of the next: it is told once.
 */
export function rowsOf(pages: readonly ModelPage[]): PlacedRows {
  const seen = new Set<string>();
  const rows: ModelRow[] = [];
  const places: number[] = [];
  for (const { answer, offset } of pages) {
    rowsOfPage(answer).forEach((row, i) => {
      if (seen.has(row.id)) return;
      seen.add(row.id);
      rows.push(row);
      places.push(offset + i);
    });
  }
  return { rows, places };
}

interface PlacedRows {
  rows: readonly ModelRow[];
  places: readonly number[];
}
