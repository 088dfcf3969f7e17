// Fields and answers for tests.

import { indexFields, type Field } from './fields';
import { makePlan, type ModelAnswer, type Plan } from './plan';
import { EMPTY, type Filter, type Scope, type MarkChoice, type Shelves } from './spec';

export function field(id: string, more: Partial<Field> = {}): Field {
  const [group = 'model', name] = id.split(':');
  const groups: Record<string, string> = { metric: 'metric', param: 'parameter' };
  const known = groups[group] ?? 'model';
  return {
    id,
    label: name ?? id,
    group: known,
    kind: known === 'model' ? 'text' : 'number',
    slices: [],
    ...more,
  };
}

export const FIELDS = indexFields([
  field('metric:auc', { larger_is_better: true, slices: ["(carrier = 'AA')"], models: 9 }),
  field('metric:rmse', { larger_is_better: false }),
  field('param:regParam', { values: 500, min: 0.001, max: 10, changed: 5 }),
  field('param:maxDepth', { values: 3, changed: 2 }),
  field('family'),
  field('status'),
  field('slice', { group: 'data' }),
  field('started_at', { kind: 'time' }),
  field('duration_ms', { kind: 'number' }),
  field('source_columns', { kind: 'json' }),
]);

interface Rest {
  filters?: Filter[];
  mark?: MarkChoice;
  scope?: Scope;
}

export function plan(shelves: Shelves, rest: Rest = {}): Plan {
  return makePlan({ ...EMPTY, ...rest, shelves }, FIELDS, 'flights');
}

export function answer(
  plan: Plan,
  rows: unknown[][],
  more: Partial<ModelAnswer> = {},
): ModelAnswer {
  const { columns, dimensions, measures } = plan.query;
  const count = columns.length + dimensions.length + measures.length;
  return {
    columns: [],
    rows,
    outputs: Array.from({ length: count }, () => ({ label: '', kind: 'text' as const })),
    sql: 'select 1',
    truncated: false,
    ...more,
  };
}
