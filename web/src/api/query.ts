// Requests as react-query options: one key per request, so that equal ones are merged, and
// react-query's signal, so that a superseded one is cancelled.
//
//   const projects = useQuery(get('/api/v1/projects'));

import { QueryClient, queryOptions } from '@tanstack/react-query';
import type { FetchResponse, MaybeOptionalInit } from 'openapi-fetch';
import type { HttpMethod, PathsWithMethod, RequiredKeysOf } from 'openapi-typescript-helpers';
import { api, ApiError, unwrap } from './client';
import type { paths } from './schema';

type Init<P extends keyof paths, M extends HttpMethod & keyof paths[P]> = MaybeOptionalInit<
  paths[P],
  M
>;
type Args<I> = RequiredKeysOf<I> extends never ? [init?: I] : [init: I];
type Answer<P extends keyof paths, M extends HttpMethod & keyof paths[P]> =
  paths[P][M] extends Record<string | number, unknown>
    ? NonNullable<FetchResponse<paths[P][M], unknown, 'application/json'>['data']>
    : never;

type Send = (
  path: string,
  init: object,
) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

function request<T>(method: 'GET' | 'POST', path: string, init: object | undefined) {
  return queryOptions({
    queryKey: [method, path, init] as const,
    queryFn: ({ signal }) => {
      // The callers' types say what the client's own would; here the path is any of them.
      const send = api[method] as unknown as Send;
      return unwrap(send(path, { ...init, signal })) as Promise<T>;
    },
  });
}

export function get<P extends PathsWithMethod<paths, 'get'>>(
  path: P,
  ...args: Args<Init<P, 'get'>>
) {
  return request<Answer<P, 'get'>>('GET', path, args[0]);
}

/** For questions that are too long for an address; not for requests that change something. */
export function post<P extends PathsWithMethod<paths, 'post'>>(
  path: P,
  ...args: Args<Init<P, 'post'>>
) {
  return request<Answer<P, 'post'>>('POST', path, args[0]);
}

const MAX_RETRIES = 2;

/** What the server refused will be refused again; only silence and overload are worth a retry. */
export function shouldRetry(failures: number, error: Error): boolean {
  if (failures >= MAX_RETRIES) return false;
  return error instanceof ApiError && (error.status === 0 || error.status === 503);
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The live events say when something changed; until then an answer stays good.
      queries: { retry: shouldRetry, staleTime: 30_000, refetchOnWindowFocus: false },
    },
  });
}
