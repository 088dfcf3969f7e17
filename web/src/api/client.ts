// The typed client of the agent's API. The types come from openapi.json (`npm run api`).

import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

/** Anything that kept a request from its answer. `status` is 0 when no answer came at all. */
export class ApiError extends Error {
  override name = 'ApiError';

  constructor(
    readonly status: number,
    message: string,
    readonly code?: string,
    /** Where in a query the mistake is. */
    readonly place?: components['schemas']['Spot'],
  ) {
    super(message);
  }
}

export const SILENT = 'The ModelDB agent did not answer. Is `modeldb serve` running?';

export const api = createClient<paths>({ baseUrl: '' });

/** The data of an answer; every failure is an `ApiError`, except that aborting stays an abort. */
export async function unwrap<T>(
  request: Promise<{ data?: T | undefined; error?: unknown; response: Response }>,
): Promise<T> {
  let answer;
  try {
    answer = await request;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    // fetch gives no reason, and a body that is no JSON is as useless as none.
    throw new ApiError(0, SILENT);
  }
  if (!answer.response.ok) throw toError(answer.response, answer.error);
  return answer.data as T;
}

function toError(response: Response, body: unknown): ApiError {
  if (isFailure(body)) {
    const { message, kind, place } = body.error;
    return new ApiError(response.status, message, kind, place ?? undefined);
  }
  const status = `${response.status} ${response.statusText}`.trim();
  return new ApiError(response.status, `The agent answered ${status}.`);
}

function isFailure(body: unknown): body is components['schemas']['Problem'] {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return (
    typeof error === 'object' &&
    error !== null &&
    'message' in error &&
    typeof error.message === 'string' &&
    'kind' in error &&
    typeof error.kind === 'string'
  );
}
