import { describe, expect, it } from 'vitest';
import { readCell } from './cellDrag';
import { compare, nextSort } from './columns';
import { moveBy } from './gridKeys';

const size = { rows: 100, columns: 4, page: 10 };
const press = (key: string, ctrlKey = false) => ({ key, ctrlKey, metaKey: false });

describe('moveBy', () => {
  it.each<[string, boolean, [number, number], [number, number] | null]>([
    ['ArrowDown', false, [-1, 0], [0, 0]],
    ['ArrowUp', false, [-1, 0], [-1, 0]],
    ['ArrowRight', false, [5, 3], [5, 3]],
    ['PageDown', false, [95, 1], [99, 1]],
    ['PageUp', false, [5, 1], [0, 1]],
    ['Home', true, [50, 3], [0, 0]],
    ['End', true, [50, 0], [99, 3]],
    ['a', false, [0, 0], null],
  ])('%s (ctrl %s) from %j leads to %j', (key, ctrl, [row, column], to) => {
    const moved = moveBy(press(key, ctrl), { row, column }, size);
    expect(moved && [moved.row, moved.column]).toEqual(to);
  });
});

it('sorts text with numbers in it', () => {
  expect(['c10', 'c2', 'C1'].sort(compare)).toEqual(['C1', 'c2', 'c10']);
});

it('goes through the three states of a header', () => {
  const up = nextSort(null, 'auc');
  const down = nextSort(up, 'auc');
  expect([up, down, nextSort(down, 'auc')]).toEqual([
    { column: 'auc', descending: false },
    { column: 'auc', descending: true },
    null,
  ]);
});

it('reads only cells', () => {
  expect(readCell('{"field":"auc","value":null}')).toEqual({ field: 'auc', value: null });
  expect(readCell('{"field":1,"value":2}')).toBeNull();
  expect(readCell('hello')).toBeNull();
});
