// What could be typed next. Pure: the editor only shows it.

import { quoteName, type Catalog, type CatalogTable } from './catalog';
import { FUNCTIONS, KEYWORDS } from './keywords';
import { namesOfWith, scan, sourcesOf, statementAt } from './scan';

export interface Proposal {
  label: string;
  /** What is inserted where it is not the label. */
  apply?: string;
  type: 'table' | 'view' | 'column' | 'function' | 'keyword';
  detail?: string;
  info?: string;
  boost: number;
}

export interface Proposals {
  from: number;
  options: Proposal[];
}

export function complete(
  text: string,
  at: number,
  catalog: Catalog,
  isAsked = false,
): Proposals | null {
  const { bare, isInText } = scan(text, at);
  if (isInText) return null;
  const word = /"?[\w$]*$/.exec(bare)?.[0] ?? '';
  const from = at - word.length;
  const before = bare.slice(0, from);
  const statement = statementAt(text, at);
  const sources = sourcesOf(statement);

  const qualifier = /("(?:[^"]|"")+"|[A-Za-z_]\w*)\.$/.exec(before)?.[1];
  if (qualifier !== undefined) {
    const name = qualifier.replaceAll('"', '').toLowerCase();
    const source = sources.find(({ alias }) => alias === name);
    const table = tableOf(catalog, source?.table ?? name);
    return table ? { from, options: columnsOf(table, 1) } : null;
  }
  if (word === '' && !isAsked) return null;
  // Whoever names an alias must not be given a word that merely begins like it.
  if (!isAsked && word.length < ALIAS_MAX && isAlias(before)) return null;

  const isSource = /\b(?:from|join)\s+$/i.test(before) || isInFromList(before);
  const options: Proposal[] = [];
  for (const { table, alias } of isSource ? [] : sources) {
    const found = tableOf(catalog, table);
    if (found) options.push(...columnsOf(found, 2));
    if (alias !== table) options.push({ label: alias, type: 'table', detail: table, boost: 1 });
  }
  for (const table of catalog.tables) {
    options.push({
      label: table.name,
      ...applied(table.name),
      type: table.isView ? 'view' : 'table',
      info: table.comment,
      boost: isSource ? 3 : -1,
    });
  }
  for (const name of namesOfWith(statement)) {
    options.push({ label: name, type: 'table', detail: 'with', boost: isSource ? 4 : 0 });
  }
  for (const { name, call, comment } of isSource ? catalog.functions : []) {
    options.push({
      label: name,
      apply: call,
      type: 'function',
      detail: call,
      info: comment,
      boost: 2,
    });
  }
  const isUpper = /[A-Z]/.test(word) && !/[a-z]/.test(word);
  for (const keyword of KEYWORDS) {
    options.push({ label: isUpper ? keyword.toUpperCase() : keyword, type: 'keyword', boost: 0 });
  }
  for (const name of isSource ? [] : FUNCTIONS) {
    options.push({ label: name, apply: `${name}(`, type: 'function', boost: -1 });
  }
  return { from, options: unique(options) };
}

/** Aliases are shorter. */
const ALIAS_MAX = 3;

/** After a table of FROM, where an alias may follow. */
function isAlias(before: string): boolean {
  const table = /["\w.]+\s+$/.exec(before);
  if (!table) return false;
  const rest = before.slice(0, table.index);
  return /\b(?:from|join)\s+$/i.test(rest) || isInFromList(rest);
}

/** After a comma between FROM and what ends its list. */
function isInFromList(before: string): boolean {
  const last = [...before.matchAll(/\b(select|from|where|group|order|having|limit|on)\b/gi)].at(-1);
  return /,\s*$/.test(before) && last?.[1]?.toLowerCase() === 'from';
}

function tableOf({ tables }: Catalog, name: string): CatalogTable | undefined {
  return tables.find((table) => table.name === name);
}

function columnsOf(table: CatalogTable, boost: number): Proposal[] {
  // The order of a table's columns is one of importance.
  return table.columns.map(({ name, type, comment }, i) => ({
    label: name,
    ...applied(name),
    type: 'column' as const,
    detail: type,
    info: comment === '' ? table.name : `${table.name}: ${comment}`,
    boost: boost - i / 100,
  }));
}

function applied(name: string): { apply?: string } {
  const quoted = quoteName(name);
  return quoted === name ? {} : { apply: quoted };
}

/** The first of a name wins: it is the nearer one. */
function unique(options: readonly Proposal[]): Proposal[] {
  const seen = new Set<string>();
  return options.filter(({ label, type }) => {
    const key = `${type === 'column' ? 'column' : 'other'} ${label}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
