// Rows that were sampled after the last stage, with the columns of all stages: what the values of
// one row are compared with, and which rows can be followed through all of them.

import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { post } from '../../api/query';
import type { ScoredRow, TableColumn } from '../../lib/scored';
import { MIN_ROWS, type Population } from './population';

const ROWS = 1000;

function useSql(query: string | undefined) {
  return useQuery({
    ...post('/api/v1/sql', { body: { query: query ?? '', limit: ROWS } }),
    enabled: query !== undefined,
  });
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

export interface StageSample {
  columns: Map<string, unknown[]>;
  rowIds: ReadonlySet<string>;
}

const NONE: StageSample = { columns: new Map(), rowIds: new Set() };

/** Of the transform that one of these models made last. */
export function useStageSample(models: readonly string[]): StageSample {
  const ids = models.map(quoted).join(', ');
  const found = useSql(
    `select s.dataset_id from samples s join transforms t on t.output_dataset_id = s.dataset_id ` +
      `where s.role = 'stage' and t.model_id in (${ids}) ` +
      `order by cardinality(s.columns) desc, s.sampled_at desc limit 1`,
  );
  const dataset = found.data?.rows[0]?.[0];
  const sample = useSql(
    typeof dataset === 'string' ? `select * from sample(${quoted(dataset)})` : undefined,
  );
  const { data } = sample;
  return useMemo(() => {
    if (!data) return NONE;
    const columns = new Map(
      data.columns.map(({ name }, i) => [name, data.rows.map((row) => row[i])]),
    );
    return { columns, rowIds: new Set(columns.get('row_id')?.map(String)) };
  }, [data]);
}

/**
 * What a row is compared with, the same rows for each of its values: where the row was sampled
 * after every stage the rows that were too, else all scored rows, of which only the own columns
 * are known.
 */
export function usePopulation(
  row: string,
  rows: readonly ScoredRow[],
  own: readonly TableColumn[],
  sample: StageSample,
): Population {
  const isFollowed = sample.rowIds.has(row) && sample.rowIds.size >= MIN_ROWS;
  return useMemo(() => {
    const among = isFollowed ? rows.filter(({ id }) => sample.rowIds.has(id)) : rows;
    const values = own.map(({ name }) => [name, among.map((one) => one.values[name])] as const);
    return new Map([...(isFollowed ? sample.columns : []), ...values]);
  }, [isFollowed, rows, own, sample]);
}
