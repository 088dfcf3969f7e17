// The answer to a query, of which only what is in sight is read: a table scrolls over a hundred
// thousand rows, and a live event must not read them all again.

import {
  keepPreviousData,
  queryOptions,
  useQueries,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { api, unwrap } from '../../api/client';
import { useSettled } from '../../lib/useSettled';
import type { ModelAnswer, ModelQuery } from '../../query/closedQuery';
import { PAGE_ROWS } from '../../query/modelQuery';

export interface ModelPage {
  asked: ModelQuery;
  /** The place of its first row among all. */
  offset: number;
  answer: ModelAnswer;
}

/** A page that is only scrolled past is not asked for. */
const SETTLE_MS = 100;

function pageOptions(query: ModelQuery, page: number) {
  const offset = page * PAGE_ROWS;
  return queryOptions({
    queryKey: ['POST', '/api/v1/models', 'pages', query, page],
    queryFn: async ({ signal }): Promise<ModelPage> => {
      const body = { ...query, offset };
      const answer = await unwrap(api.POST('/api/v1/models', { body, signal }));
      return { asked: query, offset, answer };
    },
  });
}

/**
 * The first page, which has the total, and those in sight. Until a new question's first page is
 * there, all is the old question's. A query that was superseded is cancelled by its signal.
 */
export function useModelPages(query: ModelQuery, isEnabled = true) {
  const first = useQuery({
    ...pageOptions(query, 0),
    placeholderData: keepPreviousData,
    enabled: isEnabled,
  });
  const [seen, setSeen] = useState<readonly number[]>([]);
  const settled = useSettled(seen, SETTLE_MS);

  const page = first.data;
  const total = page?.answer.total ?? page?.answer.rows.length ?? 0;
  const rest = useQueries({
    queries: page
      ? seen
          .filter((at) => at > 0 && at * PAGE_ROWS < total)
          .map((at) => ({ ...pageOptions(page.asked, at), enabled: settled === seen }))
      : [],
    combine,
  });

  const onSeen = useCallback((rows: readonly number[]) => {
    const next = pagesOf(rows);
    setSeen((old) => (String(old) === String(next) ? old : next));
  }, []);
  return {
    pages: useMemo(() => (page ? [page, ...rest.pages] : []), [page, rest.pages]),
    first: page?.answer,
    total,
    onSeen,
    error: first.error ?? rest.error,
    isPending: first.isPending,
    /** What is shown answers the query before this one. */
    isStale: first.isPlaceholderData,
    retry: () => {
      if (first.error) void first.refetch();
      rest.retry();
    },
  };
}

export function pagesOf(rows: readonly number[]): number[] {
  const pages = new Set(rows.map((row) => Math.floor(row / PAGE_ROWS)));
  return [...pages].sort((a, b) => a - b);
}

function combine(results: UseQueryResult<ModelPage>[]) {
  const failed = results.filter(({ error }) => error !== null);
  return {
    pages: results.flatMap(({ data }) => data ?? []),
    error: failed[0]?.error ?? null,
    retry: () => failed.forEach(({ refetch }) => void refetch()),
  };
}
