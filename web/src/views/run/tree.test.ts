import { expect, it } from 'vitest';
import { closedOf, flatten, keep, operationName, toTree } from './tree';
import type { Operation } from './types';

const T0 = Date.parse('2026-11-29T10:00:00Z');
const op = (id: string, second: number, more: Partial<Operation> = {}): Operation => ({
  id,
  kind: 'fit',
  started_at: new Date(T0 + second * 1000).toISOString(),
  duration_ms: 500,
  status: 'finished',
  ...more,
});

const ids = (rows: { operation: Operation }[]) => rows.map(({ operation }) => operation.id);

it('nests by parent, whatever the order, and sorts by start', () => {
  const roots = toTree(
    [op('c2', 2, { parent_id: 'a' }), op('b', 9), op('c1', 1, { parent_id: 'a' }), op('a', 1)],
    T0,
  );
  expect(ids(flatten(roots, new Set()))).toEqual(['a', 'c1', 'c2', 'b']);
  expect(flatten(roots, new Set()).map(({ depth }) => depth)).toEqual([0, 1, 1, 0]);
  expect(ids(flatten(roots, new Set(['a'])))).toEqual(['a', 'b']);
});

it('shows orphans and circles as roots', () => {
  const circle = [op('a', 1, { parent_id: 'b' }), op('b', 1, { parent_id: 'a' })];
  expect(flatten(toTree(circle, T0), new Set())).toHaveLength(2);
  expect(toTree([op('a', 1, { parent_id: 'gone' })], T0)).toHaveLength(1);
  expect(toTree([op('a', 1, { parent_id: 'a' })], T0)).toHaveLength(1);
});

it('ends what runs now, and moments where they begin', () => {
  const now = T0 + 60_000;
  const [running, moment] = toTree(
    [
      op('r', 10, { status: 'running', duration_ms: null }),
      op('e', 20, { kind: 'evaluate', duration_ms: null }),
    ],
    now,
  );
  expect(running?.end).toBe(now);
  expect(moment?.end).toBe(moment?.start);
});

it('keeps what is above what is kept', () => {
  const roots = toTree([op('a', 1), op('b', 2, { parent_id: 'a', kind: 'transform' })], T0);
  const kept = keep(roots, ({ operation }) => operation.kind === 'transform');
  expect(ids(flatten(kept, new Set()))).toEqual(['a', 'b']);
  expect(keep(roots, ({ operation }) => operation.kind === 'save')).toEqual([]);
});

it('bears a chain of five thousand', () => {
  const chain = Array.from({ length: 5000 }, (_, i) =>
    op(`n${i}`, i, i > 0 ? { parent_id: `n${i - 1}` } : {}),
  );
  expect(flatten(toTree(chain, T0), new Set())).toHaveLength(5000);
});

it('calls evaluations by their metric', () => {
  expect(operationName(op('e', 1, { kind: 'evaluate', class: 'a.b.Eval', detail: 'rmse' }))).toBe(
    'rmse',
  );
  expect(operationName(op('f', 1, { class: 'org.acme.Forest' }))).toBe('Forest');
});

it('opens few, closes many, and keeps what was chosen in sight', () => {
  const few = flatten(toTree([op('a', 1), op('b', 2, { parent_id: 'a' })], T0), new Set());
  expect([...closedOf(few, new Set(), undefined)]).toEqual([]);
  expect([...closedOf(few, new Set(['a']), undefined)]).toEqual(['a']);
  expect([...closedOf(few, new Set(['a']), few[1])]).toEqual([]);
  const many = flatten(
    toTree(
      Array.from({ length: 400 }, (_, i) =>
        op(`n${i}`, i, i % 2 ? { parent_id: `n${i - 1}` } : {}),
      ),
      T0,
    ),
    new Set(),
  );
  expect(closedOf(many, new Set(), undefined).size).toBe(200);
  expect(closedOf(many, new Set(['n0']), many[3]).size).toBe(198);
});
