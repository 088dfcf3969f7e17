// How values of models look in a table: names are links, classes are short, states have icons.

import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Status } from '../Badge';
import type { Column } from '../table/columns';
import { cut, Truncated } from '../Truncated';
import { Value, type ValueKind } from '../Value';
import { to } from '../../lib/links';
import { shortClass, shortId } from '../../lib/names';
import type { Fields, Kind } from '../../query/fieldRef';
import { textOf, valueOf, type ModelRow } from './rows';

const CLASSES = new Set(['family', 'estimator', 'model_class']);

const WIDTHS: Readonly<Record<string, number>> = {
  model_id: 116,
  family: 190,
  estimator: 190,
  model_class: 210,
  status: 116,
  run: 170,
  source_columns: 260,
  error: 260,
  started_at: 110,
  ended_at: 110,
};
const NUMBER_WIDTH = 116;
const TEXT_WIDTH = 140;
/** Room for a header that tells a slice. */
const HEADER_MAX = 260;
const LETTER = 7;

export function columnOf(key: string, fields: Fields): Column<ModelRow> {
  const kind = fields.kind(key);
  const header = key === 'duration_ms' ? 'duration' : fields.label(key);
  const isNumber = kind === 'number' || kind === 'integer';
  const least = WIDTHS[key] ?? (isNumber ? NUMBER_WIDTH : TEXT_WIDTH);
  return {
    id: key,
    header,
    description: describe(key, fields),
    value: (row) => valueOf(row, key),
    cell: (row) => <ModelCell row={row} field={key} kind={kind} />,
    width: Math.max(least, Math.min(HEADER_MAX, header.length * LETTER + 36)),
    align: isNumber ? 'end' : 'start',
    isSortable: kind !== 'json',
  };
}

function describe(key: string, fields: Fields): string {
  const field = fields.of(key);
  const name = fields.label(key);
  if (field?.group !== 'metric') return field?.group === 'parameter' ? `parameter ${name}` : name;
  if (field.larger_is_better == null) return `metric ${name}`;
  return `metric ${name}: ${field.larger_is_better ? 'larger' : 'smaller'} is better`;
}

interface ModelCellProps {
  row: ModelRow;
  field: string;
  kind: Kind;
}

function ModelCell({ row, field, kind }: ModelCellProps): ReactNode {
  const value = valueOf(row, field);
  const project = textOf(row, 'project');
  if (field === 'status') return <ModelStatus row={row} />;
  if (typeof value === 'string') {
    const idLink = (path: string) => (
      <Link to={path} title={value}>
        {shortId(value)}
      </Link>
    );
    if (field === 'model_id' || field === 'parent_model_id')
      return idLink(to.model(value, project));
    if (field === 'dataset_id') return idLink(to.dataset(value, project));
    if (field === 'run_id') return idLink(to.run(value, project));
    if (field === 'project') return <NameLink path={to.models(value)} name={value} />;
    if (CLASSES.has(field)) return <ClassName name={value} />;
    const run = textOf(row, 'run_id');
    if (field === 'run' && run !== undefined)
      return <NameLink path={to.run(run, project)} name={value} />;
    const dataset = textOf(row, 'dataset_id');
    if (field === 'dataset' && dataset !== undefined)
      return <NameLink path={to.dataset(dataset, project)} name={value} />;
  }
  if (field === 'source_columns' && Array.isArray(value) && project !== undefined)
    return <SourceColumns names={value} project={project} />;
  return <Value of={value} kind={valueKind(field, kind)} />;
}

function valueKind(field: string, kind: Kind): ValueKind {
  if (field === 'duration_ms') return 'duration';
  if (kind === 'time') return 'time';
  return kind === 'integer' ? 'integer' : 'auto';
}

function NameLink({ path, name }: { path: string; name: string }) {
  return (
    <Link to={path} className="cell-link">
      <Truncated>{name === '' ? '(no name)' : name}</Truncated>
    </Link>
  );
}

/** A class by its last part. What is none can have any length. */
function ClassName({ name }: { name: string }) {
  const short = shortClass(name);
  return short === name ? <Truncated>{name}</Truncated> : <span title={name}>{short}</span>;
}

const LINKED = 12;
const NAME_MAX = 80;
const TITLE_MAX = 2000;

function SourceColumns({ names, project }: { names: readonly unknown[]; project: string }) {
  const all = names.map(String);
  return (
    <span title={cut(all.join(', '), TITLE_MAX)}>
      {all.slice(0, LINKED).map((name, i) => (
        <span key={name}>
          {i > 0 && ', '}
          <Link to={to.columns(project, name)}>{cut(name, NAME_MAX)}</Link>
        </span>
      ))}
      {all.length > LINKED && `, ${all.length - LINKED} more`}
    </span>
  );
}

const MEASURED_ROLES = new Set(['top', 'best', 'candidate', 'fold']);

/** A fit that ended well but was never measured says so: nobody can tell whether it is any good. */
function ModelStatus({ row }: { row: ModelRow }) {
  const status = textOf(row, 'status');
  if (status === undefined) return <Value of={null} />;
  // Nobody measures a stage by itself.
  const isModel = MEASURED_ROLES.has(textOf(row, 'role') ?? '');
  const isUnmeasured = status === 'finished' && isModel && valueOf(row, 'metrics_measured') === 0;
  const why = isUnmeasured ? 'It finished, and nothing was measured' : textOf(row, 'error');
  return (
    <span className="cell-status" title={why && cut(why, TITLE_MAX)}>
      <Status status={isUnmeasured ? 'no metrics' : status} />
    </span>
  );
}
