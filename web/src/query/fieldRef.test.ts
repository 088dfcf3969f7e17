import { expect, it } from 'vitest';
import { Fields, keyOf, refOf, sliceLabel } from './fieldRef';
import { field } from './testField';

it('names a field, a metric on a slice, and back', () => {
  const refs = [
    { field: 'family' },
    { field: 'metric:auc', slice: `(carrier = '"AA"')` },
    { field: 'metric:auc', dataset: 'd-1' },
  ];
  for (const ref of refs) expect(refOf(keyOf(ref))).toEqual(ref);
  expect(keyOf({ field: 'family' })).toBe('family');
});

it('takes what is no list for a field', () => {
  expect(refOf('[nonsense')).toEqual({ field: '[nonsense' });
  expect(refOf('[1]')).toEqual({ field: '[1]' });
});

it('labels fields that are not known yet', () => {
  const fields = new Fields([field('metric:auc')]);
  expect(fields.label('metric:auc')).toBe('auc');
  expect(fields.label('param:depth')).toBe('depth');
  expect(fields.label(keyOf({ field: 'metric:auc', slice: '(a = 1)' }))).toBe('auc where a = 1');
  expect(fields.kind('metric:rmse')).toBe('number');
});

it('strips brackets only where they are around all', () => {
  expect(sliceLabel('(a = 1)')).toBe('a = 1');
  expect(sliceLabel('(a = 1) AND (b = 2)')).toBe('(a = 1) AND (b = 2)');
  expect(sliceLabel('opaque')).toBe('opaque');
});

it('tells fields of one label apart by their groups', () => {
  const fields = new Fields([
    field('family'),
    field('param:family', { label: 'family' }),
    field('param:depth'),
  ]);
  expect(fields.label('family')).toBe('family');
  expect(fields.label('param:family')).toBe('family (parameter)');
  expect(fields.label('param:depth')).toBe('depth');
});
