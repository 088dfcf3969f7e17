import { expect, it } from 'vitest';
import { Fields } from '../../query/fieldRef';
import { field } from '../../query/testField';
import { staleKeys, withoutStale } from './stale';

const fields = new Fields([field('family'), field('metric:auc')]);
const view = {
  chosen: ['family', 'param:gone', '["metric:auc","a = 1",null]'],
  filters: [
    { field: 'param:gone', op: { missing: false } },
    { field: 'family', op: { in: ['Tree'] } },
  ],
  group: 'param:old',
};

it('finds what an address names and there is no more, and drops it', () => {
  expect(staleKeys(view, fields)).toEqual(['param:gone', 'param:old']);
  const rest = withoutStale(view, fields);
  expect(rest.chosen).toEqual(['family', '["metric:auc","a = 1",null]']);
  expect(rest.filters.map((filter) => filter.field)).toEqual(['family']);
  expect(rest.group).toBe('');
  expect(staleKeys(rest, fields)).toEqual([]);
});
