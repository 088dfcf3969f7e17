import { expect, it } from 'vitest';
import { namesOfWith, scan, sourcesOf, statementAt } from './scan';

it('blanks strings and comments and knows when it is inside of one', () => {
  expect(scan("a 'b''c' d").bare).toBe('a        d');
  expect(scan("a 'b", 4).isInText).toBe(true);
  expect(scan("a 'b' ", 6).isInText).toBe(false);
  expect(scan('a -- b', 6).isInText).toBe(true);
  expect(scan('a -- b\nc', 8).isInText).toBe(false);
  expect(scan('a /* b */ c').bare).toBe('a         c');
});

it('finds what a statement reads', () => {
  expect(sourcesOf('select a, b from models m join runs as r on r.run_id = m.run_id')).toEqual([
    { table: 'models', alias: 'm' },
    { table: 'runs', alias: 'r' },
  ]);
  expect(sourcesOf('select x from models where a = 1')).toEqual([
    { table: 'models', alias: 'models' },
  ]);
  expect(sourcesOf('select x from a x, b y')).toEqual([
    { table: 'a', alias: 'x' },
    { table: 'b', alias: 'y' },
  ]);
  expect(sourcesOf('select x from public.models left join sample( ) s on true')).toEqual([
    { table: 'models', alias: 'models' },
    { table: 'sample', alias: 's' },
  ]);
  expect(sourcesOf('select 1')).toEqual([]);
});

it('keeps statements apart', () => {
  const text = "select ';' from a; select * from b";
  expect(sourcesOf(statementAt(text, 3))[0]?.table).toBe('a');
  expect(sourcesOf(statementAt(text, 25))[0]?.table).toBe('b');
});

it('knows the names of WITH', () => {
  expect(namesOfWith('with x as (select 1), y as (select 2) select')).toEqual(['x', 'y']);
});
