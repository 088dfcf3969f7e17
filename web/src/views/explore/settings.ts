// What can be chosen for a field on a shelf.

import type { Option } from '../../components/options';
import { isMetric, isNumber, type Field } from './fields';
import type { Role } from './roles';
import type { Aggregate, ShelfId, Unit } from './spec';
import { AGGREGATE_LABELS } from './words';

export interface Settings {
  aggregate: boolean;
  slices: boolean;
  bins: boolean;
  unit: boolean;
  top: boolean;
  sort: boolean;
}

export function settingsOf(field: Field, shelf: ShelfId, role: Role | undefined): Settings {
  const isGroup = role?.use === 'group';
  return {
    aggregate: isNumber(field) || field.kind !== 'time',
    slices: isMetric(field) && field.slices.length > 0,
    bins: isNumber(field) && isGroup && shelf !== 'size',
    unit: field.kind === 'time',
    top: field.kind === 'text' && isGroup,
    sort: isGroup && role.scale !== 'time' && role.scale !== 'bins',
  };
}

const OF_NUMBERS: readonly Aggregate[] = 'mean best worst median min max q1 q3 stddev count'.split(
  ' ',
) as Aggregate[];

/** Metrics are never summed: the sum of accuracies means nothing. */
export function aggregateOptions(field: Field, role: Role | undefined): Option[] {
  if (!isNumber(field)) {
    return [
      { id: 'auto', label: 'each value' },
      { id: 'count', label: 'number of models with it' },
      { id: 'distinct', label: 'number of different values' },
    ];
  }
  const aggregates = OF_NUMBERS.filter(
    (aggregate) => isMetric(field) || (aggregate !== 'best' && aggregate !== 'worst'),
  );
  const all: Aggregate[] = isMetric(field) ? [...aggregates] : [...aggregates, 'sum', 'distinct'];
  return [
    { id: 'auto', label: `automatic (${roleLabel(role)})` },
    { id: 'raw', label: 'the value of each model' },
    { id: 'bins', label: 'in bins' },
    ...all.map((id) => ({ id, label: AGGREGATE_LABELS[id] })),
  ];
}

function roleLabel(role: Role | undefined): string {
  if (role?.use === 'measure') return AGGREGATE_LABELS[role.aggregate];
  if (role?.use === 'raw') return 'the value of each model';
  return role?.use === 'group' && role.scale === 'bins' ? 'in bins' : 'each value';
}

const UNITS: readonly Unit[] = ['minute', 'hour', 'day', 'week', 'month', 'year'];
export const UNIT_OPTIONS: Option[] = [
  ...UNITS.map((id) => ({ id, label: id })),
  { id: 'raw', label: 'the exact time of each model' },
];

export function sortOptions(role: Role | undefined): Option[] {
  const isValues = role?.use === 'group' && role.scale === 'values';
  return [
    { id: 'auto', label: isValues ? 'by value' : 'best first' },
    { id: 'down', label: 'largest first' },
    { id: 'up', label: 'smallest first' },
    { id: 'name', label: isValues ? 'by value' : 'by name' },
  ].filter(({ id }) => !(isValues && id === 'name'));
}
