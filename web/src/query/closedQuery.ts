// The closed query with everything that it leaves at its default, and its answer by field.

import type { components } from '../api/schema';

export type ModelQuery = components['schemas']['ModelQuery'];
export type ModelAnswer = components['schemas']['ModelAnswer'];

export function closedQuery(asked: Partial<ModelQuery>): ModelQuery {
  return {
    project: null,
    scope: 'top',
    columns: [],
    dimensions: [],
    measures: [],
    filters: [],
    having: [],
    sort: [],
    limit: null,
    offset: 0,
    ...asked,
  };
}

export type FieldRow = Readonly<Record<string, unknown>>;

/** Rows by the ids of their fields, for queries that ask for no field twice. */
export function rowsByField(answer: ModelAnswer | undefined): FieldRow[] {
  if (!answer) return [];
  const names = answer.outputs.map((output) => output.field?.field ?? output.label);
  return answer.rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
}

export function text(row: FieldRow, field: string): string | undefined {
  const value = row[field];
  return typeof value === 'string' ? value : undefined;
}
