// The columns of a table of the API (an answer to SQL, a sample) as columns of a DataTable.

import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { components } from '../../api/schema';
import { to } from '../../lib/links';
import { shortId } from '../../lib/names';
import type { Column } from './columns';

export type Table = components['schemas']['Table'];
type TableColumn = components['schemas']['TableColumn'];

/** A row with its place, which is the only thing that tells equal rows apart. */
export interface ResultRow {
  id: string;
  values: readonly unknown[];
}

export function toResultRows(rows: Table['rows']): ResultRow[] {
  return rows.map((values, i) => ({ id: String(i), values }));
}

/** Names may be there twice, so that columns are known by their place. */
export function toResultColumns(columns: readonly TableColumn[]): Column<ResultRow>[] {
  const projectAt = columns.findIndex(({ name }) => name === 'project');
  return columns.map((column, i) => {
    const link = linkOf(column.name);
    const isNumber = column.kind === 'number' || column.kind === 'integer';
    return {
      id: String(i),
      header: column.name,
      description: `${column.name}: ${column.sql_type}`,
      width: widthOf(column),
      align: isNumber ? 'end' : 'start',
      value: (row) => row.values[i],
      ...cellOf(
        column,
        (row) => row.values[i],
        link,
        (row) => textOf(row.values[projectAt]),
      ),
    };
  });
}

type Address = (id: string, project?: string) => string;

const LINKS: [RegExp, Address][] = [
  [/(^|_)model_id$/, to.model],
  [/(^|_)run_id$/, to.run],
  [/(^|_)dataset_id$/, to.dataset],
];

function linkOf(name: string): Address | undefined {
  return LINKS.find(([pattern]) => pattern.test(name))?.[1];
}

function cellOf(
  column: TableColumn,
  value: (row: ResultRow) => unknown,
  link: Address | undefined,
  project: (row: ResultRow) => string | undefined,
): { cell?: (row: ResultRow) => ReactNode } {
  if (link && column.kind === 'text') {
    return {
      cell: (row) => {
        const id = textOf(value(row));
        if (id === undefined) return <Missing />;
        return (
          <Link to={link(id, project(row))} title={id}>
            <code>{shortId(id)}</code>
          </Link>
        );
      },
    };
  }
  if (column.kind === 'time') {
    return {
      cell: (row) => {
        const time = textOf(value(row));
        return time === undefined ? <Missing /> : <time dateTime={time}>{readTime(time)}</time>;
      },
    };
  }
  return {};
}

function Missing() {
  return (
    <span role="img" aria-label="null" className="soft">
      –
    </span>
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A query's times are exact, not "two days ago". */
export function readTime(time: string): string {
  return time
    .replace('T', ' ')
    .replace(/(\.\d*?)0*(Z|[+-]00:00)$/, '$1')
    .replace(/\.$|Z$/, '');
}

const WIDTHS: Record<TableColumn['kind'], number> = {
  boolean: 80,
  integer: 100,
  number: 110,
  time: 210,
  json: 240,
  text: 150,
};

const HEADER_CHARACTER_WIDTH = 8;
const MAX_HEADER_WIDTH = 240;

function widthOf({ name, kind }: TableColumn): number {
  const header = Math.min(MAX_HEADER_WIDTH, name.length * HEADER_CHARACTER_WIDTH + 28);
  return Math.max(header, WIDTHS[kind]);
}
