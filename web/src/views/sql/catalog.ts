// What there is to be asked: relations, views, functions.

import type { components } from '../../api/schema';

export interface CatalogTable {
  name: string;
  isView: boolean;
  comment: string;
  columns: { name: string; type: string; comment: string }[];
}

export interface TableFunction {
  name: string;
  /** How it is called, to insert. */
  call: string;
  comment: string;
}

export interface Catalog {
  tables: CatalogTable[];
  functions: TableFunction[];
}

export const NO_CATALOG: Catalog = { tables: [], functions: [] };
export const FUNCTIONS_QUERY = 'select * from information_schema.table_functions';

type CatalogColumn = components['schemas']['CatalogColumn'];
type Table = components['schemas']['Table'];

export function toCatalog(columns: readonly CatalogColumn[], functions?: Table): Catalog {
  const tables = new Map<string, CatalogTable>();
  for (const column of columns) {
    const name = column.table_name;
    let table = tables.get(name);
    if (!table) {
      const isView = column.table_type === 'VIEW';
      table = { name, isView, comment: column.table_comment ?? '', columns: [] };
      tables.set(name, table);
    }
    if (column.column_name === null || column.column_name === undefined) continue;
    table.columns.push({
      name: column.column_name,
      type: shortType(column.data_type ?? ''),
      comment: column.comment ?? '',
    });
  }
  return { tables: [...tables.values()], functions: functions ? toFunctions(functions) : [] };
}

function toFunctions({ columns, rows }: Table): TableFunction[] {
  const at = (name: string) => columns.findIndex((column) => column.name === name);
  const [name, usage, comment] = [at('function_name'), at('usage'), at('function_comment')];
  return rows.flatMap((row) => {
    const text = (i: number) => (typeof row[i] === 'string' ? row[i] : '');
    if (text(name) === '') return [];
    const call = /^\w+\(.*?\)(?= |$)/.exec(text(usage))?.[0] ?? `${text(name)}()`;
    return [{ name: text(name), call, comment: text(comment) }];
  });
}

/** Arrow's names are long, and most of it is of no use to whoever writes a query. */
export function shortType(type: string): string {
  const plain: Record<string, string> = {
    Utf8: 'text',
    LargeUtf8: 'text',
    Utf8View: 'text',
    Int64: 'bigint',
    Int32: 'int',
    Float64: 'double',
    Float32: 'real',
    Boolean: 'boolean',
  };
  if (plain[type]) return plain[type];
  if (type.startsWith('Timestamp')) return 'timestamp';
  if (type.startsWith('Map')) return 'map';
  if (type.startsWith('Struct')) return 'struct';
  const list = /^(?:Large)?List\((?:non-null )?(.*?)(?:, field.*)?\)$/.exec(type)?.[1];
  if (list !== undefined) return `${shortType(list)}[]`;
  return type.length > 24 ? (/^\w+/.exec(type)?.[0] ?? type) : type;
}

/** Words that mean something else when they are not quoted. */
const RESERVED = new Set(
  'all and as asc between by case cast cross current_user desc distinct else end except false for from full group having in inner intersect into is join left like limit not null offset on or order outer right select table then true union user using values when where window with'.split(
    ' ',
  ),
);

export function quoteName(name: string): string {
  const isPlain = /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name);
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`;
}
