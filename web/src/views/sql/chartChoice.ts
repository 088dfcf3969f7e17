// Which chart says what a result says.

import type { components } from '../../api/schema';

export type Table = components['schemas']['Table'];
export type ResultColumn = components['schemas']['TableColumn'];

export type Mark = 'bar' | 'line' | 'point' | 'histogram';

export interface ChartChoice {
  mark: Mark;
  /** Names of columns; '' for none, and for a count. */
  x: string;
  y: string;
  colour: string;
}

const COLOURS_MAX = 8;

export const isNumber = ({ kind }: ResultColumn) => kind === 'number' || kind === 'integer';
const isId = ({ name }: ResultColumn) => /(^|_)(id|uid|state_id)$/.test(name);

/** Undefined where there is nothing to draw. */
export function choose({ columns, rows }: Table): ChartChoice | undefined {
  if (rows.length === 0) return undefined;
  const numbers = columns.filter((column) => isNumber(column) && !isId(column));
  const time = columns.find(({ kind }) => kind === 'time');
  // What is the same in every row tells nothing apart.
  const texts = columns.filter(
    (column) =>
      isText(column) && !isId(column) && (rows.length === 1 || varies(columns, rows, column)),
  );
  const named = texts[0] ?? (numbers.length > 0 ? undefined : columns.find(isText));
  const measure = measureOf(numbers, columns);

  if (!measure) {
    return named ? { mark: 'bar', x: '', y: named.name, colour: '' } : undefined;
  }
  if (time) {
    return { mark: 'point', x: time.name, y: measure.name, colour: colourOf(columns, rows, texts) };
  }
  // Numbers that grow from row to row are what something else is measured over.
  const axis = numbers.find((column) => column !== measure && grows(columns, rows, column));
  if (axis) {
    return { mark: 'line', x: axis.name, y: measure.name, colour: colourOf(columns, rows, texts) };
  }
  if (named) {
    const others = texts.filter((column) => column !== named);
    return { mark: 'bar', x: measure.name, y: named.name, colour: colourOf(columns, rows, others) };
  }
  const other = numbers.find((column) => column !== measure);
  if (other) return { mark: 'point', x: other.name, y: measure.name, colour: '' };
  return { mark: 'histogram', x: measure.name, y: '', colour: '' };
}

const isText = ({ kind }: ResultColumn) => kind === 'text' || kind === 'boolean';

/** What is measured: a value rather than a rank or a number of rows, a fraction rather than a whole. */
function measureOf(numbers: ResultColumn[], columns: ResultColumn[]): ResultColumn | undefined {
  return (
    numbers.find(({ name }) => name === 'value') ??
    numbers.find((column) => column.kind === 'number' && column !== columns[0]) ??
    numbers.find((column) => column !== columns[0]) ??
    numbers[0]
  );
}

function varies(columns: ResultColumn[], rows: Table['rows'], column: ResultColumn): boolean {
  const at = columns.indexOf(column);
  return rows.some((row) => row[at] !== rows[0]?.[at]);
}

function grows(columns: ResultColumn[], rows: Table['rows'], column: ResultColumn): boolean {
  const at = columns.indexOf(column);
  if (rows.length < 3) return false;
  let last = -Infinity;
  let steps = 0;
  for (const row of rows) {
    const value = row[at];
    if (typeof value !== 'number' || value < last) return false;
    if (value > last) steps += 1;
    last = value;
  }
  return steps >= 3;
}

/** A text with few values, of which each is there more than once. */
function colourOf(columns: ResultColumn[], rows: Table['rows'], texts: ResultColumn[]): string {
  const found = texts.find((column) => {
    const at = columns.indexOf(column);
    const values = new Set(rows.map((row) => row[at]));
    return values.size > 1 && values.size <= COLOURS_MAX && values.size * 2 <= rows.length;
  });
  return found?.name ?? '';
}

/** What somebody chose, where it still is a column of this result. */
export function withChoice(
  automatic: ChartChoice,
  columns: readonly ResultColumn[],
  wanted: Partial<Record<keyof ChartChoice, string>>,
): ChartChoice {
  const has = (name: string) => name === '' || columns.some((column) => column.name === name);
  const pick = (key: 'x' | 'y' | 'colour') => {
    const name = wanted[key];
    if (name === undefined || name === AUTOMATIC) return automatic[key];
    const chosen = name === NONE ? '' : name;
    return has(chosen) ? chosen : automatic[key];
  };
  const mark = MARKS.find((one) => one === wanted.mark) ?? automatic.mark;
  return { mark, x: pick('x'), y: pick('y'), colour: pick('colour') };
}

export const AUTOMATIC = '';
/** In the address; no column can be called so without quotes. */
export const NONE = '-';
export const MARKS: Mark[] = ['bar', 'line', 'point', 'histogram'];
