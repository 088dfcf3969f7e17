import { Link } from 'react-router';
import type { components } from '../../api/schema';
import { Icon } from '../../components/Icon';
import { Status } from '../../components/Badge';
import type { Column } from '../../components/table/columns';
import { cut } from '../../components/Truncated';
import { Value } from '../../components/Value';
import { formatInteger } from '../../lib/format';
import { to } from '../../lib/links';
import { shortId } from '../../lib/names';

export type Run = components['schemas']['Run'];

export function runName({ name, run_id }: Run): string {
  return name === null || name === undefined || name.trim() === '' ? shortId(run_id) : name;
}

export function framework({ framework, framework_version }: Run): string | undefined {
  return framework ? [framework, framework_version].filter(Boolean).join(' ') : undefined;
}

/** What a cell and its title take of a name. */
const SHOWN_MAX = 200;
const TITLE_MAX = 2_000;

export const RUN_COLUMNS: Column<Run>[] = [
  {
    id: 'name',
    header: 'Run',
    width: 220,
    value: runName,
    cell: (run) => (
      <Link
        to={to.run(run.run_id, run.project)}
        title={`${cut(runName(run), TITLE_MAX)}\n${run.run_id}`}
      >
        <bdi>{cut(runName(run), SHOWN_MAX)}</bdi>
      </Link>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    width: 120,
    value: (run) => run.status,
    cell: ({ status }) => (status ? <Status status={status} /> : null),
  },
  { id: 'experiment', header: 'Experiment', width: 120, value: (run) => run.experiment },
  { id: 'user', header: 'User', width: 110, value: (run) => run.user },
  { id: 'framework', header: 'Framework', width: 120, value: framework },
  {
    id: 'models',
    header: 'Models',
    description: 'Fits, those inside pipelines and searches too; and how many of them failed',
    width: 130,
    align: 'end',
    value: (run) => run.models,
    cell: ModelCount,
  },
  {
    id: 'metrics',
    header: 'Metrics',
    width: 90,
    align: 'end',
    kind: 'integer',
    value: (run) => run.metrics,
  },
  {
    id: 'jobs',
    header: 'Spark jobs',
    width: 100,
    align: 'end',
    kind: 'integer',
    value: (run) => run.jobs,
  },
  {
    id: 'duration',
    header: 'Time',
    width: 110,
    align: 'end',
    kind: 'duration',
    value: (run) => run.duration_ms,
  },
  {
    id: 'started',
    header: 'Started',
    width: 110,
    kind: 'time',
    value: (run) => run.started_at,
  },
];

function ModelCount({ models, failed_models: failed }: Run) {
  if (failed === 0) return <Value of={models} kind="integer" />;
  return (
    <span title={`${models} fits, ${failed} of them failed`}>
      {formatInteger(models)}{' '}
      <span className="runs-failed">
        <Icon name="cross" size={12} /> {formatInteger(failed)} failed
      </span>
    </span>
  );
}
