// State that lives in the query string, so that a view can be linked to and Back undoes a step.

import { useCallback, useMemo } from 'react';
import { useLocation, useNavigate } from 'react-router';

export interface UrlStateOptions<T> {
  /** Refuses what somebody typed into the address bar: `undefined` means the fallback. */
  check?: (value: unknown) => T | undefined;
  /** `push` makes a step that Back undoes; `replace` (the default) does not. */
  history?: 'push' | 'replace';
}

/** Text stays text; everything else travels as JSON. */
export function serialise(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The value of `text`, or the fallback where it has another type or `check` refuses it. */
export function parse<T>(
  text: string | null,
  fallback: T,
  check?: (value: unknown) => T | undefined,
): T {
  if (text === null) return fallback;
  let value: unknown = text;
  if (typeof fallback !== 'string') {
    try {
      value = JSON.parse(text);
    } catch {
      return fallback;
    }
  }
  if (check) return check(value) ?? fallback;
  // A null fallback says nothing about the type, so such a caller has to bring a check.
  const sameType =
    fallback !== null &&
    value !== null &&
    typeof value === typeof fallback &&
    Array.isArray(value) === Array.isArray(fallback);
  return sameType ? (value as T) : fallback;
}

/**
 * The search string after `changes`; `null` removes a key. Keys stay in order so that equal states
 * have equal addresses.
 */
export function withParams(search: string, changes: Record<string, string | null>): string {
  const params = new URLSearchParams(search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) params.delete(key);
    else params.set(key, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

// Two states set in one event: the router's location has not moved yet when the second is set, so
// the second starts from what the first asked for.
let asked: { from: string; search: string } | undefined;

function nextSearch(here: string, search: string, changes: Record<string, string | null>): string {
  const next = withParams(asked?.from === here ? asked.search : search, changes);
  asked = { from: here, search: next };
  setTimeout(() => (asked = undefined));
  return next;
}

/** Changes several parameters at once; `null` removes one. */
export function useUrlParams(): (
  changes: Record<string, string | null>,
  history?: 'push' | 'replace',
) => void {
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  return useCallback(
    (changes, history = 'replace') => {
      const next = nextSearch(pathname + search, search, changes);
      void navigate({ search: next }, { replace: history === 'replace', preventScrollReset: true });
    },
    [navigate, pathname, search],
  );
}

/**
 * `useState` whose value is the query parameter `key`. The fallback's type is the type; a value
 * equal to the fallback leaves no trace in the address.
 */
export function useUrlState<T>(
  key: string,
  fallback: T,
  options: UrlStateOptions<T> = {},
): [T, (value: T) => void] {
  const { check, history } = options;
  const text = new URLSearchParams(useLocation().search).get(key);
  const change = useUrlParams();
  const unset = serialise(fallback);
  // By its text: callers write `[]` or a function inline, and a new array in each render would
  // make every memo below it useless.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const value = useMemo(() => parse(text, fallback, check), [text, unset]);
  const set = useCallback(
    (next: T) => {
      const written = serialise(next);
      change({ [key]: written === unset ? null : written }, history);
    },
    [change, key, unset, history],
  );
  return [value, set];
}
