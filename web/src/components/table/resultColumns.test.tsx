import { expect, it } from 'vitest';
import { readTime, toResultColumns } from './resultColumns';

it('keeps columns of one name apart', () => {
  const columns = toResultColumns([
    { name: 'a', kind: 'integer', sql_type: 'Int64' },
    { name: 'a', kind: 'text', sql_type: 'Utf8' },
  ]);
  expect(columns.map(({ id }) => id)).toEqual(['0', '1']);
  expect(columns[0]?.align).toBe('end');
  expect(columns[1]?.value({ id: '0', values: [1, 'x'] })).toBe('x');
});

it('reads times exactly', () => {
  expect(readTime('2026-11-29T10:22:05.264425Z')).toBe('2026-11-29 10:22:05.264425');
  expect(readTime('2026-11-29T10:22:05.500000Z')).toBe('2026-11-29 10:22:05.5');
  expect(readTime('2026-11-29T10:22:05Z')).toBe('2026-11-29 10:22:05');
  expect(readTime('2026-11-29')).toBe('2026-11-29');
});
