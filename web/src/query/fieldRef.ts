// A field of models as one text, which names a table's column, travels in the address and in what
// is dragged. Most fields are their id; a metric on a slice or dataset is a short JSON list.

import type { components } from '../api/schema';
import { cut } from '../components/Truncated';

export type FieldRef = components['schemas']['FieldRef'];
export type FieldInfo = components['schemas']['FieldInfo'];
export type Kind = components['schemas']['Kind'];

/** Letters of a name that are shown. */
const LABEL_MAX = 160;

export const METRIC = 'metric:';
export const PARAM = 'param:';

export const isMetric = (key: string): boolean => refOf(key).field.startsWith(METRIC);

export function keyOf({ field, slice, dataset }: FieldRef): string {
  if (slice == null && dataset == null) return field;
  return JSON.stringify([field, slice ?? null, dataset ?? null]);
}

/** Ids of fields never begin with a bracket, so what does is a list. */
export function refOf(key: string): FieldRef {
  if (!key.startsWith('[')) return { field: key };
  try {
    const list: unknown = JSON.parse(key);
    if (!Array.isArray(list)) return { field: key };
    const [field, slice, dataset] = list as unknown[];
    if (typeof field !== 'string') return { field: key };
    return {
      field,
      ...(typeof slice === 'string' && { slice }),
      ...(typeof dataset === 'string' && { dataset }),
    };
  } catch {
    return { field: key };
  }
}

/** Fields by id, with what the page asks of them. */
export class Fields {
  readonly #byId: ReadonlyMap<string, FieldInfo>;

  constructor(given: readonly FieldInfo[]) {
    this.all = unambiguous(given);
    this.#byId = new Map(this.all.map((field) => [field.id, field]));
  }

  readonly all: readonly FieldInfo[];

  of(key: string): FieldInfo | undefined {
    return this.#byId.get(refOf(key).field);
  }

  kind(key: string): Kind {
    return this.of(key)?.kind ?? (isMetric(key) ? 'number' : 'text');
  }

  /** Short enough to be shown anywhere: a name can have any length. */
  label(key: string): string {
    return cut(this.#label(key), LABEL_MAX);
  }

  #label(key: string): string {
    const ref = refOf(key);
    const name = this.#byId.get(ref.field)?.label ?? ref.field.replace(/^(metric|param):/, '');
    const where = ref.slice == null ? '' : ` where ${sliceLabel(ref.slice)}`;
    return (
      (name === '' ? '(no name)' : name) + where + (ref.dataset == null ? '' : ` on ${ref.dataset}`)
    );
  }
}

/** Two fields can have one label, as the family of a model and Spark's parameter: then its group says which. */
function unambiguous(fields: readonly FieldInfo[]): readonly FieldInfo[] {
  const counts = new Map<string, number>();
  for (const { label } of fields) counts.set(label, (counts.get(label) ?? 0) + 1);
  return fields.map((field) => {
    const isOne = (counts.get(field.label) ?? 0) < 2 || field.group === 'model';
    return isOne ? field : { ...field, label: `${field.label} (${field.group})` };
  });
}

/** A slice without the brackets around all of it: `(carrier = 'AA')` is `carrier = 'AA'`. */
export function sliceLabel(slice: string): string {
  if (!slice.startsWith('(') || !slice.endsWith(')')) return slice;
  let depth = 0;
  for (let i = 0; i < slice.length; i += 1) {
    if (slice[i] === '(') depth += 1;
    if (slice[i] === ')') depth -= 1;
    if (depth === 0 && i < slice.length - 1) return slice;
  }
  return slice.slice(1, -1);
}
