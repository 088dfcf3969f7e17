import { expect, it } from 'vitest';
import {
  conditionsOf,
  draftOf,
  emptyDraft,
  fromLocalInput,
  opOf,
  toLocalInput,
} from './filterDraft';
import type { Op } from './filters';

it('gives back the filter that it came from', () => {
  const ops: Op[] = [
    { in: ['a', null] },
    { not_in: [1] },
    { contains: 'x' },
    { missing: true },
    { missing: false },
    { range: { min: 1 } },
    { range: { min: 1, max: 2 } },
  ];
  for (const op of ops) expect(opOf(draftOf(op))).toEqual(op);
});

it('says nothing while nothing is entered', () => {
  for (const condition of ['in', 'not_in', 'range', 'contains'] as const) {
    expect(opOf(emptyDraft(condition))).toBeUndefined();
  }
});

it('offers what a kind of field takes', () => {
  const ids = (...args: Parameters<typeof conditionsOf>) =>
    conditionsOf(...args).map(({ id }) => id);
  expect(ids('number', true)[0]).toBe('range');
  expect(ids('time', true)).toEqual(['range', 'missing', 'known']);
  expect(ids('json', false)).toEqual(['contains', 'missing', 'known']);
  expect(conditionsOf('json', true)[0]?.label).toBe('has one of');
});

it('shows times in local time and keeps them in UTC', () => {
  const time = '2026-11-29T10:24:00.000Z';
  expect(fromLocalInput(toLocalInput(time))).toBe(time);
  expect(toLocalInput(undefined)).toBe('');
  expect(fromLocalInput('soon')).toBeUndefined();
});
