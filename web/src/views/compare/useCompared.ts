import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get, post } from '../../api/query';
import { alignPipelines } from '../../lib/alignPipelines';
import { closedQuery, rowsByField, text } from '../../query/closedQuery';
import { shortClass, shortId } from '../../lib/names';
import { estimatorOf, paramRows } from './params';
import { rowsOf } from './rows';
import { weightKind, weightRows } from './weights';

/** Everything that the page says about these models. */
export function useCompared(ids: readonly string[]) {
  const isEnough = ids.length >= 2;
  const comparison = useQuery({
    ...get('/api/v1/compare', { params: { query: { models: ids.join(',') } } }),
    enabled: isEnough,
    placeholderData: keepPreviousData,
  });
  // A model does not know its own family: that is a class in its last stage.
  const named = useQuery({
    ...post('/api/v1/models', {
      body: closedQuery({
        scope: 'all',
        columns: [{ field: 'model_id' }, { field: 'family' }, { field: 'run' }],
        filters: [{ field: 'model_id', op: { in: [...ids] } }],
      }),
    }),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
  const details = useQueries({
    queries: ids.map((id) => ({
      ...get('/api/v1/models/{model_id}/features', { params: { path: { model_id: id } } }),
      // After what is at the top.
      enabled: isEnough && comparison.isSuccess,
    })),
    combine: (answers) => ({
      features: answers.map((answer) => answer.data?.features ?? []),
      error: answers.find((answer) => answer.error)?.error ?? null,
      isPending: answers.some((answer) => answer.isPending),
    }),
  });

  const { data } = comparison;
  const compared = useMemo(() => {
    if (!data) return undefined;
    const { rows: stages } = alignPipelines(data.pipelines);
    return {
      models: data.models,
      history: data.history,
      stages,
      estimators: data.pipelines.map(estimatorOf),
      metrics: rowsOf(data, 'metric'),
      params: paramRows(data.pipelines, stages),
      data: rowsOf(data, 'data'),
      columns: rowsOf(data, 'source_column'),
      about: rowsOf(data, 'model'),
    };
  }, [data]);
  const weights = useMemo(() => weightRows(details.features), [details.features]);
  const families = useMemo(
    () =>
      new Map(
        rowsByField(named.data).map((row) => [text(row, 'model_id'), text(row, 'family')] as const),
      ),
    [named.data],
  );
  return {
    compared,
    families,
    weights: {
      rows: weights,
      kinds: details.features.map(weightKind),
      isPending: details.isPending,
      error: details.error,
    },
    error: comparison.error,
    isPending: isEnough && comparison.isPending,
    isStale: comparison.isPlaceholderData,
    retry: () => void comparison.refetch(),
  };
}

export type Compared = NonNullable<ReturnType<typeof useCompared>['compared']>;

/** How a model is called where there is little room. */
export function modelName(id: string, family: string | undefined): string {
  return family === undefined ? shortId(id) : `${shortClass(family)} ${shortId(id)}`;
}
