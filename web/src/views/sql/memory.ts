// What was typed and asked before, so that neither is ever lost.

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

/** Storage can be forbidden or full; then nothing is remembered, and nothing else fails. */
function read(storage: () => Storage, key: string): unknown {
  try {
    return JSON.parse(storage().getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

function write(storage: () => Storage, key: string, value: unknown): void {
  try {
    storage().setItem(key, JSON.stringify(value));
  } catch {
    // As above.
  }
}

const session = () => sessionStorage;
const local = () => localStorage;

export function readDraft(): Draft | undefined {
  const draft = read(session, DRAFT_KEY);
  if (typeof draft !== 'object' || draft === null) return undefined;
  const { text, base } = draft as Partial<Draft>;
  return typeof text === 'string' && typeof base === 'string' ? { text, base } : undefined;
}

export function writeDraft(draft: Draft): void {
  write(session, DRAFT_KEY, draft);
}

export function readHistory(): Asked[] {
  const list = read(local, HISTORY_KEY);
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
  write(local, HISTORY_KEY, next);
  return next;
}

export function forget(): Asked[] {
  write(local, HISTORY_KEY, []);
  return [];
}

/** The newest first, each query once. */
export function withAsked(history: readonly Asked[], asked: Asked): Asked[] {
  const query = asked.query.trim();
  if (query === '') return [...history];
  const others = history.filter((entry) => entry.query !== query);
  return [{ ...asked, query }, ...others].slice(0, HISTORY_MAX);
}
