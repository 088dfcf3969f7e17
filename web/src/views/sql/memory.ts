// What was typed and asked before, so that neither is ever lost.

import { keep, kept } from '../../lib/storage';

export interface Asked {
  query: string;
  /** When, in milliseconds since the epoch. */
  at: number;
  /** Typed, but replaced before it was run. */
  isDraft?: boolean;
}

interface Draft {
  text: string;
  /** The query of the address when it was typed: a link to another one starts from that. */
  base: string;
}

const DRAFT_KEY = 'modeldb.sql.draft';
const HISTORY_KEY = 'modeldb.sql.history';
const HISTORY_MAX = 50;

export function readDraft(): Draft | undefined {
  const draft = kept(DRAFT_KEY, 'tab');
  if (typeof draft !== 'object' || draft === null) return undefined;
  const { text, base } = draft as Partial<Draft>;
  return typeof text === 'string' && typeof base === 'string' ? { text, base } : undefined;
}

export function writeDraft(draft: Draft): void {
  keep(DRAFT_KEY, draft, 'tab');
}

export function readHistory(): Asked[] {
  const list = kept(HISTORY_KEY);
  if (!Array.isArray(list)) return [];
  return list.filter(
    (entry: unknown): entry is Asked =>
      typeof entry === 'object' &&
      entry !== null &&
      typeof (entry as Asked).query === 'string' &&
      typeof (entry as Asked).at === 'number',
  );
}

/** Puts `asked` on top of what is stored now: another tab may have written meanwhile. */
export function remember(asked: Asked): Asked[] {
  const next = withAsked(readHistory(), asked);
  keep(HISTORY_KEY, next);
  return next;
}

export function forget(): Asked[] {
  keep(HISTORY_KEY, []);
  return [];
}

/** The newest first, each query once. */
export function withAsked(history: readonly Asked[], asked: Asked): Asked[] {
  const query = asked.query.trim();
  if (query === '') return [...history];
  const others = history.filter((entry) => entry.query !== query);
  return [{ ...asked, query }, ...others].slice(0, HISTORY_MAX);
}
