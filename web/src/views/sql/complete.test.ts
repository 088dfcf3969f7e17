import { expect, it } from 'vitest';
import type { Catalog } from './catalog';
import { complete } from './complete';

const column = (name: string) => ({ name, type: 'text', comment: '' });
const catalog: Catalog = {
  tables: [
    { name: 'models', isView: false, comment: '', columns: [column('model_id'), column('user')] },
    { name: 'runs', isView: false, comment: '', columns: [column('run_id')] },
  ],
  functions: [{ name: 'sample', call: "sample('dataset_id')", comment: '' }],
};

/** The labels at `|`. */
function at(text: string, isAsked = false) {
  const place = text.indexOf('|');
  const found = complete(text.replace('|', ''), place, catalog, isAsked);
  return found?.options.map(({ label }) => label) ?? [];
}

it('completes columns of an alias, a table, and of what FROM names', () => {
  expect(at('select m.| from models m')).toEqual(['model_id', 'user']);
  expect(at('select runs.r| from runs')).toEqual(['run_id']);
  expect(at('select r| from runs')).toContain('run_id');
  expect(at('select r| from runs')).not.toContain('model_id');
  expect(at('select x.| from runs')).toEqual([]);
});

it('completes tables and table functions after FROM, and JOIN, and a comma', () => {
  for (const text of ['select 1 from m|', 'select 1 from runs join m|', 'select 1 from runs, m|']) {
    expect(at(text)).toEqual(expect.arrayContaining(['models', 'sample']));
    expect(at(text)).not.toContain('model_id');
  }
  expect(at('select a, s|')).not.toContain('sample');
  expect(at('with best as (select 1) select * from b|')).toContain('best');
});

it('writes keywords as the word was begun', () => {
  expect(at('SEL|')).toContain('SELECT');
  expect(at('sel|')).toContain('select');
  expect(at('sel|')).toContain('group by');
});

it('is silent in strings, comments, and where nothing was typed', () => {
  expect(at("select 'm|'")).toEqual([]);
  expect(at('-- m|')).toEqual([]);
  expect(at('select | from models')).toEqual([]);
  expect(at('select | from models', true)).toContain('model_id');
});

it('leaves aliases alone', () => {
  expect(at('select 1 from models e|')).toEqual([]);
  expect(at('select 1 from models, runs e|')).toEqual([]);
  expect(at('select 1 from models whe|')).toContain('where');
});

it('quotes what has to be quoted', () => {
  const options = complete('select u from models', 8, catalog)?.options;
  expect(options?.find(({ label }) => label === 'user')?.apply).toBe('"user"');
});
