import { METRIC, PARAM, type FieldInfo } from '../../query/fieldRef';

const METRICS = 2;
const PARAMS = 3;

/** Parameters that wire stages together, or only make a run repeatable, explain no result. */
const WIRING = /cols?$|^seed$|^labels?$/i;

const isWiring = ({ id }: FieldInfo): boolean => WIRING.test(id.replace(PARAM, ''));

/** The columns of a table that nobody has changed yet. */
export function defaultColumns(fields: readonly FieldInfo[], hasProject: boolean): string[] {
  return [
    'model_id',
    'family',
    'status',
    ...(hasProject ? [] : ['project']),
    ...commonestMetrics(fields).slice(0, METRICS),
    ...changedParams(fields).slice(0, PARAMS),
    'run',
    'started_at',
  ];
}

/** What a training tells of itself measures no model. */
export function commonestMetrics(fields: readonly FieldInfo[]): string[] {
  const metrics = fields.filter(({ id, training }) => id.startsWith(METRIC) && training !== true);
  return metrics.sort((a, b) => (b.models ?? 0) - (a.models ?? 0)).map(({ id }) => id);
}

/** A parameter that may explain a result. */
export const isTurned = (field: FieldInfo): boolean =>
  field.group === 'parameter' && !isWiring(field);

/** Those with several values, numbers first: they are what people turn. */
function changedParams(fields: readonly FieldInfo[]): string[] {
  const params = fields.filter(
    (field) => (field.changed ?? 0) > 0 && (field.values ?? 0) > 1 && isTurned(field),
  );
  const isNumber = (field: FieldInfo) =>
    Number(field.kind === 'number' || field.kind === 'integer');
  params.sort((a, b) => isNumber(b) - isNumber(a) || (b.changed ?? 0) - (a.changed ?? 0));
  return params.map(({ id }) => id);
}
