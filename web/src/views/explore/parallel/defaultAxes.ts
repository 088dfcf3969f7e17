// The axes that nobody chose: what may explain the metric, and differs between the models shown.

import { isTurned } from '../../../components/models/defaultColumns';
import type { Field } from '../fields';
import type { ModelAnswer } from '../plan';
import { answerRows } from '../series';

export interface Shown {
  answer: ModelAnswer;
  axes: readonly Field[];
  metric: Field | undefined;
}

const AXES = 6;
/** More are asked for, as some may turn out to be constant. */
const ASKED = 14;

export function defaultAxes(options: readonly Field[]): Field[] {
  const apt = options.filter((field) => field.group !== 'parameter' || isTurned(field));
  return apt.slice(0, ASKED);
}

/** Only axes with several values, of which the first; any where there are none. */
export function withoutConstants(shown: Shown): Shown {
  const rows = answerRows(shown.answer);
  // The columns of the answer: the model, then the axes, the metric last.
  const differing = shown.axes.flatMap((_, i) =>
    new Set(rows.map((row) => row[i + 1]).filter((value) => value != null)).size > 1 ? [i] : [],
  );
  const kept = (differing.length > 0 ? differing : shown.axes.map((_, i) => i)).slice(0, AXES);
  const rest = shown.metric ? [shown.axes.length + 1] : [];
  const columns = [0, ...kept.map((i) => i + 1), ...rest];
  return {
    ...shown,
    axes: kept.flatMap((i) => shown.axes[i] ?? []),
    answer: { ...shown.answer, rows: rows.map((row) => columns.map((at) => row[at])) },
  };
}
