// What a search tried, as rows of a table and marks of a chart.

import type { components } from '../../api/schema';
import { toFinite } from '../../lib/numbers';

export type Candidate = components['schemas']['Candidate'];

/** Parameters that not all candidates have with the same value, or all where there are none. */
export function triedParams(candidates: readonly Candidate[]): string[] {
  const names = [...new Set(candidates.flatMap(({ params }) => Object.keys(params ?? {})))];
  const varied = names.filter(
    (name) => new Set(candidates.map(({ params }) => params?.[name] ?? null)).size > 1,
  );
  return varied.length > 0 ? varied : names;
}

/** Numbers sort as numbers. */
export function paramValue(candidate: Candidate, name: string): unknown {
  const text = candidate.params?.[name];
  if (text === null || text === undefined || text.trim() === '') return text;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

export interface FoldMark extends Record<string, unknown> {
  candidate: string;
  rank: number;
  fold: number | null;
  value: number;
  kind: 'fold' | 'mean';
}

export function foldMarks(candidates: readonly Candidate[], names: readonly string[]): FoldMark[] {
  return candidates.flatMap((candidate, i) => {
    const about = {
      candidate: labelOf(candidate, names),
      rank: candidate.rank ?? i + 1,
    };
    const folds = (candidate.fold_values ?? []).flatMap((value, fold): FoldMark[] => {
      const number = toFinite(value);
      return number === undefined
        ? []
        : [{ ...about, fold: fold + 1, value: number, kind: 'fold' }];
    });
    const mean = toFinite(candidate.mean);
    if (mean === undefined) return folds;
    return [...folds, { ...about, fold: null, value: mean, kind: 'mean' as const }];
  });
}

const MAX_LABEL = 60;

export function labelOf(candidate: Candidate, names: readonly string[]): string {
  const parts = names
    .filter((name) => candidate.params && name in candidate.params)
    .map((name) => `${name} ${candidate.params?.[name] ?? 'none'}`);
  const text = parts.join(', ').slice(0, MAX_LABEL);
  // Two candidates may have the same parameters; the number keeps them apart.
  return `${candidate.candidate_index + 1}: ${text === '' ? 'defaults' : text}`;
}
