import { describe, expect, it } from 'vitest';
import { readField } from './fieldDrag';
import { groupFields } from './fields';
import { readSpec } from './readSpec';
import { addFilter, EMPTY, move, put, removeFilter, takeOff } from './spec';
import { makeStarters } from './starters';
import { field, FIELDS } from './testFields';

describe('readSpec', () => {
  it('reads what it writes', () => {
    const spec = {
      ...put(EMPTY, 'x', { field: 'family', top: 5, sort: 'name' as const }),
      filters: [{ field: 'status', op: { in: ['finished'] } }],
      mark: 'bar' as const,
      scope: 'all' as const,
    };
    expect(readSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  it.each([
    [null, undefined],
    [[], undefined],
    [{}, EMPTY],
    [{ shelves: { x: 1, y: { field: 2 }, z: { field: 'a' } }, mark: 'pie', scope: 1 }, EMPTY],
    [{ filters: [{ field: 'a', op: { drop: 1 } }] }, EMPTY],
  ])('makes of %j what it can', (given, expected) => {
    expect(readSpec(given)).toEqual(expected);
  });

  it('refuses operations and limits that the agent has not', () => {
    const shelves = { x: { field: 'a', aggregate: 'evil', bins: 1e9, unit: 'century', top: -1 } };
    expect(readSpec({ shelves })?.shelves.x).toEqual({ field: 'a' });
  });
});

describe('shelves', () => {
  it('swaps what stands on two shelves', () => {
    const spec = put(put(EMPTY, 'x', { field: 'a' }), 'y', { field: 'b' });
    expect(move(spec, 'x', 'y').shelves).toEqual({ x: { field: 'b' }, y: { field: 'a' } });
    expect(move(spec, 'x', 'colour').shelves).toEqual({
      y: { field: 'b' },
      colour: { field: 'a' },
    });
    expect(takeOff(spec, 'x').shelves).toEqual({ y: { field: 'b' } });
  });

  it('has one filter for a field', () => {
    const once = addFilter(EMPTY, { field: 'a', op: { in: ['1'] } });
    const twice = addFilter(once, { field: 'a', op: { in: ['2'] } });
    expect(twice.filters).toEqual([{ field: 'a', op: { in: ['2'] } }]);
    expect(removeFilter(twice, { field: 'a', op: { missing: true } }).filters).toEqual([]);
  });
});

it('reads only fields that are dropped', () => {
  expect(readField('{"field":"a","from":"x"}')).toEqual({ field: 'a', from: 'x' });
  expect(readField('{"field":"a","from":"evil"}')).toEqual({ field: 'a' });
  expect(readField('{"field":1}')).toBeUndefined();
  expect(readField('<script>')).toBeUndefined();
});

it('groups ten thousand fields and finds one of them', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => field(`param:p${i}`));
  const groups = groupFields([...FIELDS.values(), ...many], 'P9999');
  expect(groups).toHaveLength(1);
  expect(groups[0]?.fields.map(({ id }) => id)).toEqual(['param:p9999']);
});

it('begins with questions made of the fields that there are', () => {
  const labels = (ids: string[]) =>
    makeStarters([...FIELDS.values()].filter(({ id }) => ids.includes(id))).map(
      ({ label }) => label,
    );
  expect(labels([...FIELDS.keys()])).toEqual([
    'auc by family',
    'auc against regParam',
    'Which family wins on which slice (auc)',
    'Models per day, by status',
  ]);
  expect(labels([])).toEqual(['Models per day, by status']);
});
