import { expect, it } from 'vitest';
import { cellsOf, pythonText, reachable } from './notebook';

it('writes any query as a Python text', () => {
  expect(pythonText('select 1')).toBe('"""select 1"""');
  expect(pythonText('select "a"')).toBe('"""select "a\\""""');
  expect(pythonText('a\nb')).toBe('"""\na\nb\n"""');
  expect(pythonText('\'\\d\' """x')).toBe('"""\'\\\\d\' \\"\\"\\"x"""');
});

it('fills in addresses', () => {
  const cells = cellsOf('select 1', { postgres: '10.0.0.1:7619', grpc: '10.0.0.1:7617' });
  expect(cells.map(({ id }) => id)).toEqual(['flight', 'sqlalchemy', 'psycopg']);
  expect(cells[0]?.code).toContain('grpc://10.0.0.1:7617');
  expect(cells[2]?.code).toContain('host=10.0.0.1 port=7619');
});

it('reaches an agent that listens everywhere by the name of the page', () => {
  expect(reachable('0.0.0.0:7619', 7619, 'ml.example')).toBe('ml.example:7619');
  expect(reachable('[::]:7619', 7619, 'ml.example')).toBe('ml.example:7619');
  expect(reachable('127.0.0.1:41000', 7619, 'localhost')).toBe('127.0.0.1:41000');
  expect(reachable(undefined, 7617, 'localhost')).toBe('localhost:7617');
});
