import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { get } from '../../api/query';
import { Status } from '../../components/Badge';
import { Card } from '../../components/Card';
import { cut } from '../../components/Truncated';
import { formatDuration, formatInteger } from '../../lib/format';
import { to } from '../../lib/links';
import { runName, type Run } from './columns';
import { useNow } from '../../lib/useNow';

const MOST = 20;
const NAME_MAX = 80;

/** What runs now, above everything that has ended. */
export function RunningNow({ project }: { project: string | undefined }) {
  const running = useQuery(
    get('/api/v1/runs', {
      params: {
        query: { status: 'running', limit: MOST, ...(project !== undefined && { project }) },
      },
    }),
  );
  if (!running.data || running.data.length === 0) return null;
  return (
    <Card title="Running now">
      <ul className="running-now">
        {running.data.map((run) => (
          <RunningRun key={run.run_id} run={run} />
        ))}
      </ul>
    </Card>
  );
}

function RunningRun({ run }: { run: Run }) {
  const now = useNow(1_000);
  const started =
    run.started_at === null || run.started_at === undefined ? now : Date.parse(run.started_at);
  return (
    <li className="row">
      <Status status="running" />
      <Link to={to.run(run.run_id, run.project)}>
        <bdi>{cut(runName(run), NAME_MAX)}</bdi>
      </Link>
      <span className="soft">
        {run.user && (
          <>
            by <bdi>{run.user}</bdi>,{' '}
          </>
        )}
        for {formatDuration(Math.max(0, Math.round((now - started) / 1_000) * 1_000))}, so far{' '}
        {formatInteger(run.models)} fits
        {run.failed_models > 0 && ` (${formatInteger(run.failed_models)} failed)`} and{' '}
        {formatInteger(run.metrics)} metrics
      </span>
    </li>
  );
}
