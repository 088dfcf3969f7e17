import type { Field } from './fields';
import type { Filter } from './spec';

/** A filter that says nothing yet, in the form that its kind of field mostly takes. */
export function newFilter(field: Pick<Field, 'id' | 'kind'>): Filter {
  const isRange = field.kind === 'number' || field.kind === 'integer' || field.kind === 'time';
  return { field: field.id, op: isRange ? { range: {} } : { in: [] } };
}
