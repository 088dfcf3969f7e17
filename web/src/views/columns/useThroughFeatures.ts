import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { post } from '../../api/query';
import type { components } from '../../api/schema';
import { featuresByModel, featuresQuery } from './throughFeatures';

/** The agent's rows of a table, at most. */
const LIMIT = 10_000;

/** Features by model; undefined while they are awaited. */
export function useThroughFeatures(column: string, models: readonly string[]) {
  const body: components['schemas']['SqlQuery'] = {
    query: featuresQuery(column, models),
    limit: LIMIT,
    form: 'table',
  };
  const answer = useQuery({
    ...post('/api/v1/sql', { body }),
    enabled: models.length > 0,
    placeholderData: keepPreviousData,
  });
  const byModel = useMemo(() => answer.data && featuresByModel(answer.data.rows), [answer.data]);
  return { byModel, error: answer.error, retry: () => void answer.refetch() };
}
