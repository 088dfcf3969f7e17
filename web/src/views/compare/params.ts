// Parameters side by side. Of a pipeline they belong to its stages: those of the last estimator go
// by their name alone, so that two families can be compared in what they share.

import { withoutUids, type AlignedRow, type Stage, type StagesOf } from '../../lib/alignPipelines';
import { shortClass } from '../../lib/names';
import { COLUMN_PARAMS, paramText } from '../../lib/stages';
import { differencesFirst, isSame, type Row } from './rows';

/** Columns that stages hand on to each other are seen in the pipelines. */
const isHyper = (name: string) => !COLUMN_PARAMS.has(name);

/** The estimator that a pipeline ends in: its last stage that learnt something. */
export function estimatorOf({ stages }: StagesOf): Stage | undefined {
  return stages.findLast((stage) => stage.model_id != null) ?? stages.at(-1);
}

export function paramRows(pipelines: readonly StagesOf[], aligned: readonly AlignedRow[]): Row[] {
  const estimators = pipelines.map(estimatorOf);
  const isEstimator = new Set(estimators);
  const rows = rowsOfStages(estimators, undefined);
  const seen = new Map<string, number>();
  for (const { stages } of aligned) {
    const others = stages.map((stage) => (stage && !isEstimator.has(stage) ? stage : undefined));
    const [first] = others.filter((stage) => stage !== undefined);
    if (!first) continue;
    const name = shortClass(first.class ?? 'stage');
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    rows.push(...rowsOfStages(others, nth === 1 ? name : `${name} ${nth}`));
  }
  return differencesFirst(rows);
}

function rowsOfStages(stages: readonly (Stage | undefined)[], detail: string | undefined): Row[] {
  const names = new Set(stages.flatMap((stage) => Object.keys(stage?.params ?? {})));
  return [...names]
    .filter(isHyper)
    .sort((a, b) => a.localeCompare(b, 'en'))
    .map((name): Row => {
      const values = stages.map((stage) => {
        const value = stage?.params?.[name];
        return value === undefined ? null : withoutUids(paramText(value));
      });
      const isSet = stages.some((stage) => stage?.changed_params && name in stage.changed_params);
      return {
        id: `param ${detail ?? ''} ${name}`,
        name,
        ...(detail !== undefined && { detail: `of ${detail}` }),
        values,
        // As somebody wrote them: `0.010` and a seed are no measured values.
        numbers: values.map(() => undefined),
        isSame: isSame(values),
        isAside: !isSet && values.includes(null),
        best: [],
      };
    });
}
