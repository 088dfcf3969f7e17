import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { post } from '../../api/query';
import { closedQuery, rowsByField, text, type FieldRow } from '../../query/closedQuery';

export interface PipelineModel {
  id: string;
  family: string | undefined;
  status: string | undefined;
  project: string | undefined;
  started: string | undefined;
}

const FIELDS = ['model_id', 'family', 'status', 'started_at', 'project'];

/** What is said above each pipeline. */
export function usePipelineModels(ids: readonly string[]): (id: string) => PipelineModel {
  const query = closedQuery({
    scope: 'all',
    columns: FIELDS.map((field) => ({ field })),
    filters: [{ field: 'model_id', op: { in: [...ids] } }],
  });
  const { data } = useQuery({
    ...post('/api/v1/models', { body: query }),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
  return useMemo(() => {
    const models = new Map(rowsByField(data).map((row) => [text(row, 'model_id'), toModel(row)]));
    return (id) => models.get(id) ?? { ...EMPTY, id };
  }, [data]);
}

const EMPTY = { family: undefined, status: undefined, project: undefined, started: undefined };

function toModel(row: FieldRow): PipelineModel {
  return {
    id: text(row, 'model_id') ?? '',
    family: text(row, 'family'),
    status: text(row, 'status'),
    project: text(row, 'project'),
    started: text(row, 'started_at'),
  };
}
