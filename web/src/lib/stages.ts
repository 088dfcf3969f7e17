// What a stage says about itself, in the shape in which it is shown.

import type { Stage } from './alignPipelines';

export interface StageParam {
  name: string;
  value: string | null;
}

/** Parameters that only say again which columns a stage reads and writes. */
export const COLUMN_PARAMS: ReadonlySet<string> = new Set([
  'inputCol',
  'inputCols',
  'outputCol',
  'outputCols',
]);

const byName = (a: StageParam, b: StageParam) => a.name.localeCompare(b.name, 'en');

/** Parameters that somebody set, and those that stayed; of some stages that is not known. */
export function stageParams(stage: Stage): {
  changed: StageParam[];
  rest: StageParam[];
  isKnown: boolean;
} {
  const all = Object.entries(stage.params ?? {}).map(([name, value]) => ({ name, value }));
  const set = stage.changed_params;
  if (!set) return { changed: [], rest: all.sort(byName), isKnown: false };
  return {
    changed: all.filter(({ name }) => name in set).sort(byName),
    rest: all.filter(({ name }) => !(name in set)).sort(byName),
    isKnown: true,
  };
}

/** `0` is the first stage: people count from 1, inside stages too. */
export function stageNumber(path: string): string {
  return path
    .split('.')
    .map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : part))
    .join('.');
}

/** `["a","b"]` as `a, b`; any other text as it is. */
export function paramText(value: string | null): string {
  if (value === null) return 'none';
  if (value === '') return '(empty)';
  if (!value.startsWith('[')) return value;
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) && list.every((item) => typeof item === 'string')
      ? list.join(', ')
      : value;
  } catch {
    return value;
  }
}

/** Names that a parameter lists. */
export function paramList(stage: Stage, name: string): string[] | undefined {
  const text = stage.params?.[name];
  if (text === null || text === undefined) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(String) : undefined;
  } catch {
    return undefined;
  }
}
