import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { get } from '../../api/query';
import { useOwnProject, useProject } from '../../app/project';
import { Status } from '../../components/Badge';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Notes } from '../../components/Notes';
import { Page } from '../../components/Page';
import { ReadError } from '../../components/ReadError';
import { cut } from '../../components/Truncated';
import { formatDuration, formatInteger } from '../../lib/format';
import { to } from '../../lib/links';
import { shortId } from '../../lib/names';
import { runName } from '../runs/columns';
import { Capture } from './Capture';
import { Facts } from './Facts';
import { Operations } from './Operations';
import './run.css';
import './timeline.css';
import { finite, type Run as RunRow } from './types';

/** A name as long as a page would leave no page. */
const TITLE_MAX = 120;

/** One run: what it did when, with what, and what was not captured of it. */
export default function Run() {
  const { id = '' } = useParams();
  const project = useProject();
  const query = useQuery({
    ...get('/api/v1/runs/{run_id}', { params: { path: { run_id: id } } }),
    placeholderData: keepPreviousData,
  });
  const detail = query.data;
  useOwnProject(detail?.run.project);
  return (
    <Page
      title={`Run ${detail ? cut(runName(detail.run), TITLE_MAX) : shortId(id)}`}
      subtitle={detail && <Subtitle run={detail.run} />}
    >
      {query.error && (
        <ReadError
          thing="run"
          id={id}
          error={query.error}
          onRetry={() => void query.refetch()}
          actions={<Link to={project === undefined ? to.projects() : to.runs(project)}>Runs</Link>}
        />
      )}
      {query.isPending && <Loading what="Reading the run" />}
      {detail && (
        <>
          {detail.run.error && <ErrorState what="The run failed" error={detail.run.error} />}
          <Operations key={detail.run.run_id} detail={detail} now={query.dataUpdatedAt} />
          <div className="run-cards">
            <Facts detail={detail} />
            <div className="stack">
              <Capture facts={detail.facts} />
              <Notes notes={detail.notes} kind="run" id={detail.run.run_id} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

function Subtitle({ run }: { run: RunRow }) {
  const duration = finite(run.duration_ms);
  const parts = [
    duration !== undefined &&
      (run.status === 'running'
        ? `for ${formatDuration(duration)} so far`
        : `took ${formatDuration(duration)}`),
    `${formatInteger(run.models)} fits`,
    run.failed_models > 0 && `${formatInteger(run.failed_models)} of them failed`,
    `${formatInteger(run.metrics)} metrics`,
  ];
  return (
    <span className="row">
      {run.status && <Status status={run.status} />}
      <span>{parts.filter(Boolean).join(', ')}</span>
    </span>
  );
}
