// Just enough of SQL's grammar to know what a query is about while it is being typed.

export interface Source {
  table: string;
  /** What it is called in the query: its alias, else its name. */
  alias: string;
}

export interface Scan {
  /** The text with strings and comments blanked, position by position. */
  bare: string;
  isInText: boolean;
}

/** Blanks what is no code up to `end`, and says whether `end` lies in a string or comment. */
export function scan(text: string, end = text.length): Scan {
  let bare = '';
  let i = 0;
  let isInText = false;
  const skip = (to: number, isClosed: boolean) => {
    const stop = Math.min(to, end);
    if (to > end || !isClosed) isInText = true;
    bare += ' '.repeat(Math.max(0, stop - i));
    i = stop;
  };
  while (i < end) {
    const two = text.slice(i, i + 2);
    if (text[i] === "'") {
      let j = i + 1;
      while (j < text.length && (text[j] !== "'" || text[j + 1] === "'")) {
        j += text[j] === "'" ? 2 : 1;
      }
      skip(j + 1, j < text.length);
    } else if (two === '--') {
      const line = text.indexOf('\n', i);
      // The end of a comment's last line is still in it.
      skip(line < 0 ? text.length : line, line >= 0 && line < end);
    } else if (two === '/*') {
      const close = text.indexOf('*/', i);
      skip(close < 0 ? text.length : close + 2, close >= 0);
    } else if (text[i] === '"') {
      // A quoted name is code, and what is in it is not.
      const close = text.indexOf('"', i + 1);
      const stop = Math.min(close < 0 ? end : close + 1, end);
      bare += text.slice(i, stop);
      i = stop;
    } else {
      bare += text[i] ?? '';
      i += 1;
    }
  }
  return { bare, isInText };
}

/** The statement around `at`, without strings and comments. */
export function statementAt(text: string, at: number): string {
  const { bare } = scan(text);
  const from = bare.lastIndexOf(';', at - 1) + 1;
  const end = bare.indexOf(';', at);
  return bare.slice(from, end < 0 ? bare.length : end);
}

const NAME = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_]\w*)`;
const NO_ALIAS =
  /^(?:on|where|join|inner|left|right|full|cross|natural|group|order|having|limit|union|except|intersect|using|window|offset|as|lateral)$/i;
const SOURCE = new RegExp(
  String.raw`(?:\bfrom|\bjoin|,)\s+((?:${NAME}\.)?${NAME})(\s*\([^()]*\))?(?:\s+(?:as\s+)?(${NAME}))?`,
  'gi',
);
const WITH = new RegExp(String.raw`(?:\bwith(?:\s+recursive)?|\)\s*,)\s+(${NAME})\s+as\s*\(`, 'gi');

const unquote = (name: string) =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();

/** What a statement reads. */
export function sourcesOf(statement: string): Source[] {
  // A comma in SELECT looks like one in FROM: only what follows the first FROM counts.
  const start = statement.search(/\bfrom\b/i);
  if (start < 0) return [];
  return [...statement.slice(start).matchAll(SOURCE)].map(([, name = '', , alias = '']) => {
    const table = unquote(name.split('.').at(-1) ?? name);
    return { table, alias: alias === '' || NO_ALIAS.test(alias) ? table : unquote(alias) };
  });
}

/** Names that `WITH` gives. */
export function namesOfWith(statement: string): string[] {
  return [...statement.matchAll(WITH)].map(([, name = '']) => unquote(name));
}
