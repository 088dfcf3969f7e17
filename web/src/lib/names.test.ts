import { expect, it } from 'vitest';
import { baseName, shortClass, shortId } from './names';

it('shortens classes and leaves what is none', () => {
  expect(shortClass('org.apache.spark.ml.Pipeline')).toBe('Pipeline');
  expect(shortClass('Pipeline')).toBe('Pipeline');
  expect(shortClass('file.csv')).toBe('file.csv');
  expect(shortClass('1.5')).toBe('1.5');
  expect(shortClass('')).toBe('');
});

it('shortens ids and keeps what says their kind', () => {
  expect(shortId('m-ffb8fc39e35116547a4d')).toBe('m-ffb8fc39');
  expect(shortId('5d6bd635-8870-478f-ac85-b299e10d75db')).toBe('5d6bd635');
  expect(shortId('m-1')).toBe('m-1');
});

it('names files and folders', () => {
  expect(baseName('file:/tmp/x/flights.csv')).toBe('flights.csv');
  expect(baseName('s3://bucket/table/')).toBe('table');
  expect(baseName('C:\\data\\x.csv')).toBe('x.csv');
  expect(baseName('')).toBe('');
});
