import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, unwrap } from '../../api/client';
import { useUrlState } from '../../lib/url';

/** As many as the agent tells; a file has all. */
export const ROWS_MAX = 10_000;

/**
 * The query that was run, which the address holds, and its answer. The answer stays as it is when
 * something changes: rows that move under whoever reads them are worse than rows of a minute ago.
 */
export function useRun() {
  const client = useQueryClient();
  const [query, setQuery] = useUrlState<string>('query', '', { history: 'push' });
  // Running the same query again is a new question.
  const [serial, setSerial] = useState(0);
  const queryKey = ['sql', query, serial];
  const answer = useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      unwrap(api.POST('/api/v1/sql', { body: { query, limit: ROWS_MAX }, signal })),
    enabled: query.trim() !== '',
    meta: { live: false },
    staleTime: Infinity,
    retry: false,
  });

  return {
    query,
    answer,
    run: (text: string) => {
      setQuery(text);
      setSerial(serial + 1);
    },
    cancel: () => void client.cancelQueries({ queryKey }),
    isCancelled: answer.isPending && answer.fetchStatus === 'idle' && query.trim() !== '',
  };
}
