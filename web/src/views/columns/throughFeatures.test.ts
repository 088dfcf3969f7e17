import { expect, it } from 'vitest';
import { featuresByModel, featuresQuery } from './throughFeatures';

it('writes any name as a text of SQL', () => {
  const sql = featuresQuery("o'clock'; drop table models; --", ["m-1'"]);
  expect(sql).toContain("array_has(f.source_columns, 'o''clock''; drop table models; --')");
  expect(sql).toContain("in ('m-1''')");
});

it('gives features to the model and to all that it is inside of', () => {
  const byModel = featuresByModel([
    ['carrier_AA', 'stage', 'pipeline', null, null],
    ['carrier_UA', 'stage', 'pipeline', null, null],
    ['carrier_AA', 'best', 'search', 'pipeline', null],
    [null, 'stage', null, null, null],
  ]);
  expect(byModel.get('pipeline')).toEqual(['carrier_AA', 'carrier_UA']);
  expect(byModel.get('search')).toEqual(['carrier_AA']);
});
