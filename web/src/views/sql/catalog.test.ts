import { expect, it } from 'vitest';
import { quoteName, shortType, toCatalog } from './catalog';

const column = (table: string, name: string, type = 'Utf8') => ({
  table_name: table,
  table_type: table === 'leaderboard' ? 'VIEW' : 'BASE TABLE',
  table_comment: 'c',
  column_name: name,
  data_type: type,
  comment: null,
});

it('puts columns into their tables and reads how functions are called', () => {
  const { tables, functions } = toCatalog(
    [column('models', 'model_id'), column('models', 'n', 'Int64'), column('leaderboard', 'rank')],
    {
      columns: ['function_name', 'usage', 'function_comment'].map((name) => ({
        name,
        kind: 'text' as const,
        sql_type: 'Utf8',
      })),
      rows: [
        ['sample', "sample('dataset_id') is how it is called, with a literal", 'Rows.'],
        ['odd', 'no example', null],
      ],
    },
  );
  expect(tables.map(({ name, isView }) => [name, isView])).toEqual([
    ['models', false],
    ['leaderboard', true],
  ]);
  expect(tables[0]?.columns.map(({ type }) => type)).toEqual(['text', 'bigint']);
  expect(functions.map(({ call }) => call)).toEqual(["sample('dataset_id')", 'odd()']);
});

it('shortens types', () => {
  expect(shortType('Timestamp(µs, "UTC")')).toBe('timestamp');
  expect(shortType('List(Utf8)')).toBe('text[]');
  expect(shortType('Map("key_value": non-null Struct(…), unsorted)')).toBe('map');
});

it('quotes names that need it', () => {
  expect(quoteName('model_id')).toBe('model_id');
  expect(quoteName('user')).toBe('"user"');
  expect(quoteName('param.maxIter')).toBe('"param.maxIter"');
  expect(quoteName('a"b')).toBe('"a""b"');
});
