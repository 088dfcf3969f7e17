// Lists that the agent answers in pages: one query whose pages are read as somebody scrolls.

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api, unwrap } from './client';
import type { components, paths } from './schema';

type Schemas = components['schemas'];

interface Lists {
  '/api/v1/datasets': Schemas['Dataset'];
  '/api/v1/runs': Schemas['Run'];
}

type Params<P extends keyof Lists> = NonNullable<paths[P]['get']['parameters']['query']>;

const PAGE = 100;

/** All rows that were read so far. Live changes read the same pages again. */
export function usePages<P extends keyof Lists>(path: P, params: Params<P>) {
  const query = useInfiniteQuery({
    queryKey: ['pages', path, params],
    queryFn: ({ pageParam, signal }) => {
      const init = { params: { query: { ...params, limit: PAGE, offset: pageParam } }, signal };
      // The two lists differ in their rows only, which the signature has.
      const send = api.GET as unknown as (
        path: string,
        init: object,
      ) => Promise<{ data?: Lists[P][]; error?: unknown; response: Response }>;
      return unwrap(send(path, init));
    },
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (last.length < PAGE ? undefined : pages.length * PAGE),
    placeholderData: keepPreviousData,
  });
  const { fetchNextPage, data } = query;
  const loadMore = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  return { ...query, rows: data?.pages.flat(), loadMore };
}
