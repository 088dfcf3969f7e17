// The fields of a project, as the list and the plan need them.

import type { components } from '../../api/schema';

export type Field = components['schemas']['FieldInfo'];

const GROUPS = [
  ['metric', 'Metrics'],
  ['parameter', 'Parameters'],
  ['model', 'Model'],
  ['run', 'Run'],
  ['data', 'Data'],
] as const;

export interface FieldGroup {
  id: string;
  label: string;
  fields: Field[];
  /** How many there are, of which `fields` are the first. */
  total: number;
}

/** React Aria builds every item of a list, also those that are not in sight. */
const MAX_SHOWN = 100;

/**
 * Fields whose label has `text` in it, by group. Lists of columns cannot be grouped by, so they are
 * no use on a shelf; a filter takes them.
 */
export function groupFields(fields: readonly Field[], text: string): FieldGroup[] {
  const needle = text.trim().toLocaleLowerCase();
  const found = fields.filter((field) => field.label.toLocaleLowerCase().includes(needle));
  return GROUPS.map(([id, label]) => {
    const all = found.filter((field) => field.group === id);
    return { id, label, fields: all.slice(0, MAX_SHOWN), total: all.length };
  }).filter(({ total }) => total > 0);
}

export type FieldIndex = ReadonlyMap<string, Field>;

export function indexFields(fields: readonly Field[]): FieldIndex {
  return new Map(fields.map((field) => [field.id, field]));
}

export function isMetric(field: Field): boolean {
  return field.group === 'metric';
}

export function isNumber(field: Field): boolean {
  return field.kind === 'number' || field.kind === 'integer';
}

/** Fields whose values are class names, which are shown by their last part. */
const CLASSES = new Set(['family', 'estimator', 'model_class']);

export function isClass(field: Pick<Field, 'id'>): boolean {
  return CLASSES.has(field.id);
}

/** With these a metric has a value for each slice, so a model counts on several. */
export function isSliced(id: string): boolean {
  return id === 'slice' || id === 'metric_dataset';
}

export function kindLabel(field: Field): string {
  if (isMetric(field))
    return field.larger_is_better === false ? 'metric, smaller is better' : 'metric';
  return {
    text: 'text',
    number: 'number',
    integer: 'number',
    boolean: 'yes or no',
    time: 'time',
    json: 'list',
  }[field.kind];
}
