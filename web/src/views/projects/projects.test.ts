import { expect, it } from 'vitest';
import { editOf } from './projectDraft';
import {
  counted,
  headlinesByProject,
  matching,
  sourceName,
  tagsOf,
  type Project,
} from './projectList';

const project = (name: string, more: Partial<Project> = {}): Project => ({
  project: name,
  archived: false,
  runs: 1,
  running: 0,
  models: 1,
  failed_models: 0,
  ...more,
});

it('finds words wherever the card has them', () => {
  const all = [
    project('flights', { description: 'Late arrivals', tags: { team: 'ops' } }),
    project('sales', { sources: ['s3://bucket/sales.csv'] }),
    project('old', { archived: true }),
  ];
  const names = (...args: ['active' | 'archived', string]) =>
    matching(all, ...args).map((found) => found.project);
  expect(names('active', '')).toEqual(['flights', 'sales']);
  expect(names('active', 'OPS late')).toEqual(['flights']);
  expect(names('active', 'csv')).toEqual(['sales']);
  expect(names('archived', '')).toEqual(['old']);
});

it('names sources by their last part', () => {
  expect(sourceName('file:/data/flights.csv')).toBe('flights.csv');
  expect(sourceName('s3://bucket/table/')).toBe('table');
  expect(sourceName('jdbc')).toBe('jdbc');
  expect(sourceName('')).toBe('');
});

it('keeps the order of headlines', () => {
  const headline = (of: string, metric: string) => ({ project: of, metric, values: 1 });
  const map = headlinesByProject([headline('a', 'x'), headline('b', 'x'), headline('a', 'y')]);
  expect(map.get('a')?.map(({ metric }) => metric)).toEqual(['x', 'y']);
});

it('counts in words', () => {
  expect([counted(1, 'model'), counted(1200, 'model')]).toEqual(['1 model', '1,200 models']);
});

it('sends only what was changed', () => {
  const before = project('p', { description: 'a', owner: null, tags: { x: '1', gone: null } });
  const draft = { description: 'a', owner: '', tags: tagsOf(before), key: '', value: '' };
  expect(editOf(before, draft)).toBeUndefined();
  expect(editOf(before, { ...draft, owner: ' me ', tags: {}, key: 'y', value: '2' })).toEqual({
    project: 'p',
    owner: 'me',
    tags: { x: null, y: '2' },
  });
});
