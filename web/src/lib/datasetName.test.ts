import { expect, it } from 'vitest';
import { datasetName, sourceNames } from './datasetName';

it('calls a dataset by its file, its table or its id', () => {
  const dataset_id = 'd-66a7f6062fd1fa9cb350';
  expect(datasetName({ dataset_id, name: 'file:/tmp/flights.csv' })).toBe('flights.csv');
  expect(datasetName({ dataset_id, name: 'db.flights' })).toBe('db.flights');
  expect(datasetName({ dataset_id, name: null, written_uris: ['s3://b/clean/'] })).toBe('clean');
  expect(datasetName({ dataset_id, name: ' ' })).toBe('d-66a7f606');
  expect(datasetName({ dataset_id, operation: 'split' })).toBe('split d-66a7f606');
});

it('names few sources', () => {
  expect(sourceNames(['a/x', 'b/y'])).toBe('x, y');
  expect(sourceNames(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
  expect(sourceNames(null)).toBe('');
});
