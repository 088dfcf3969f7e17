// What works are called.

import { shortClass } from '../../lib/names';
import type { State } from './states';
import type { Work } from './work';

export function workName({ state, search }: Work): string {
  if (state.kind === 'data') return dataName(state);
  const name = shortClass(state.class ?? state.kind ?? 'unknown');
  return search ? `${name}, best of ${shortClass(search.class ?? 'a search')}` : name;
}

/** `flights.csv, airlines.csv +2` and what was done to them. */
export function dataName({ name }: State): string {
  if (name == null || name === '') return 'data';
  const parts = name.split(', ').map((uri) => uri.replace(/\/+$/, '').split('/').at(-1) ?? uri);
  const [first = 'data', second] = parts;
  if (parts.length === 1 || second === undefined) return first;
  return parts.length === 2 ? `${first}, ${second}` : `${first} +${parts.length - 1}`;
}

export function dataDetail({ operation, detail }: State): string | undefined {
  if (operation == null) return undefined;
  return detail == null || detail === '' ? operation : `${operation} ${detail}`;
}

/** The model that people know it by: the pipeline, not its last stage. */
export function modelOf({ state, outer }: Work): string | undefined {
  const fit = [...outer, state].find(
    ({ kind, subject_id }) => kind === 'fit' && subject_id != null,
  );
  return fit?.subject_id ?? undefined;
}
