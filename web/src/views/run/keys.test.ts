import { expect, it } from 'vitest';
import { move } from './keys';
import { flatten, toTree } from './tree';

const operation = (id: string, parent?: string) => ({
  id,
  kind: 'fit',
  parent_id: parent ?? null,
  started_at: `2026-11-29T10:00:0${id.length}Z`,
  duration_ms: 1,
});
const roots = toTree([operation('a'), operation('aa', 'a'), operation('bbb')], 0);
const open = flatten(roots, new Set());
const NONE = new Set<string>();

it('moves up, down, to the ends', () => {
  expect(move(open, NONE, -1, 'ArrowDown', 9)).toEqual({ to: 'a' });
  expect(move(open, NONE, 0, 'ArrowDown', 9)).toEqual({ to: 'aa' });
  expect(move(open, NONE, 2, 'ArrowDown', 9)).toEqual({ to: 'bbb' });
  expect(move(open, NONE, 0, 'End', 9)).toEqual({ to: 'bbb' });
  expect(move(open, NONE, 0, 'PageDown', 9)).toEqual({ to: 'bbb' });
  expect(move([], NONE, -1, 'ArrowDown', 9)).toBeUndefined();
});

it('opens, closes, and goes to the parent', () => {
  expect(move(open, NONE, 0, 'ArrowLeft', 9)).toEqual({ toggle: 'a' });
  expect(move(open, new Set(['a']), 0, 'ArrowRight', 9)).toEqual({ toggle: 'a' });
  expect(move(open, NONE, 0, 'ArrowRight', 9)).toEqual({ to: 'aa' });
  expect(move(open, NONE, 1, 'ArrowLeft', 9)).toEqual({ to: 'a' });
  expect(move(open, NONE, 2, 'ArrowLeft', 9)).toBeUndefined();
  expect(move(open, NONE, 2, 'x', 9)).toBeUndefined();
});
