import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { api, unwrap } from '../../api/client';
import type { ModelAnswer, ModelQuery } from '../../query/closedQuery';
import { PAGE_ROWS } from '../../query/modelQuery';

/**
 * The answer to a query, page by page. A query that was superseded is cancelled by its signal; the
 * rows before it stay until the new ones are there.
 */
export function useModelPages(query: ModelQuery, isEnabled = true) {
  const pages = useInfiniteQuery({
    queryKey: ['POST', '/api/v1/models', 'pages', query],
    queryFn: ({ pageParam, signal }): Promise<ModelAnswer> =>
      unwrap(api.POST('/api/v1/models', { body: { ...query, offset: pageParam }, signal })),
    initialPageParam: 0,
    getNextPageParam: (last, all) => (last.truncated ? all.length * PAGE_ROWS : undefined),
    placeholderData: keepPreviousData,
    enabled: isEnabled,
  });
  const { fetchNextPage } = pages;
  const loadMore = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  const data = pages.data?.pages;
  return {
    pages: useMemo(() => data ?? [], [data]),
    first: data?.[0],
    error: pages.error,
    isPending: pages.isPending,
    /** What is shown answers the query before this one. */
    isStale: pages.isPlaceholderData,
    hasMore: pages.hasNextPage,
    isLoadingMore: pages.isFetchingNextPage,
    loadMore,
    retry: () => void pages.refetch(),
  };
}
