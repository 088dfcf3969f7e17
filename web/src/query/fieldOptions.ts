import type { Option } from '../components/options';
import { cut } from '../components/Truncated';
import type { FieldInfo } from './fieldRef';
import { formatNumber } from '../lib/format';

/** Fields of rows alone: a model is on several slices, so these only make groups. */
const OF_MEASUREMENTS = new Set(['slice', 'metric_dataset']);

export const isOfModels = ({ id }: FieldInfo): boolean => !OF_MEASUREMENTS.has(id);

/** Metrics first and parameters next: that is what people look for. */
const ORDER = ['metric', 'parameter', 'model', 'run', 'data'];

/** A field to choose. There can be ten thousand, and only those in sight are described. */
class FieldOption implements Option {
  readonly id: string;
  readonly label: string;

  constructor(private readonly field: FieldInfo) {
    this.id = field.id;
    this.label = field.label === '' ? '(no name)' : cut(field.label, LABEL_MAX);
  }

  get description(): string {
    return describe(this.field);
  }
}

const LABEL_MAX = 160;

export function fieldOptions(fields: readonly FieldInfo[]): Option[] {
  const place = (field: FieldInfo) => ORDER.indexOf(field.group);
  const sorted = fields.filter(isOfModels).sort((a, b) => place(a) - place(b));
  return sorted.map((field) => new FieldOption(field));
}

/** Fields by which models are put together: one value each. */
export function groupOptions(fields: readonly FieldInfo[]): Option[] {
  const slice = fields.find(({ id }) => id === 'slice');
  const single = fields.filter(({ kind, id }) => kind !== 'json' && id !== 'model_id');
  const options = fieldOptions(single);
  const hasSlices = fields.some((field) => field.slices.length > 0);
  if (!slice || !hasSlices) return options;
  return [{ id: 'slice', label: 'slice', description: 'rows that were measured' }, ...options];
}

function describe({ group, min, max, larger_is_better }: FieldInfo): string {
  const parts = [group];
  if (typeof min === 'number' && typeof max === 'number') {
    parts.push(min === max ? formatNumber(min) : `${formatNumber(min)} to ${formatNumber(max)}`);
  }
  if (larger_is_better != null)
    parts.push(larger_is_better ? 'larger is better' : 'smaller is better');
  return parts.join(' · ');
}
