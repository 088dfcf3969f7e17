import { usePages } from '../../api/pages';
import { useProject } from '../../app/project';
import { EmptyState } from '../../components/EmptyState';
import { InProject } from '../../components/InProject';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { SearchField } from '../../components/SearchField';
import { Select } from '../../components/Select';
import { DataTable } from '../../components/table/DataTable';
import { useUrlState } from '../../lib/url';
import { RUN_COLUMNS, type Run } from './columns';
import { RunningNow } from './RunningNow';
import './runs.css';

const STATUSES = ['running', 'finished', 'failed', 'abandoned'].map((id) => ({ id, label: id }));
const rowId = (run: Run) => run.run_id;

/** The runs of a project, those that still run above all others. */
export default function Runs() {
  const project = useProject();
  const [search, setSearch] = useUrlState('search', '');
  const [status, setStatus] = useUrlState('status', '');
  const runs = usePages('/api/v1/runs', {
    ...(project !== undefined && { project }),
    ...(search !== '' && { search }),
    ...(status !== '' && { status }),
  });
  const isFiltered = search !== '' || status !== '';

  return (
    <Page title="Runs">
      <RunningNow project={project} />
      <div className="runs-filters">
        <SearchField
          label="Search runs"
          placeholder="Search a name, id, user or experiment"
          value={search}
          onChange={setSearch}
        />
        <Select
          label="Status"
          hideLabel
          options={STATUSES}
          value={status === '' ? null : status}
          onChange={(next) => setStatus(next ?? '')}
          placeholder="Any status"
          canBeEmpty
        />
      </div>
      {runs.error && (
        <ErrorState
          what="Runs could not be read"
          error={runs.error}
          onRetry={() => void runs.refetch()}
        />
      )}
      {runs.isPending && <Loading what="Reading runs" />}
      {runs.rows && (
        <DataTable
          label="Runs"
          columns={RUN_COLUMNS}
          rows={runs.rows}
          rowId={rowId}
          hasMore={runs.hasNextPage}
          isLoadingMore={runs.isFetchingNextPage}
          onLoadMore={runs.loadMore}
          maxHeight="75vh"
          empty={isFiltered ? <NoMatch /> : <NoRuns />}
        />
      )}
    </Page>
  );
}

function NoMatch() {
  return (
    <EmptyState title="No run matches">
      Search for a part of a name, an id, a user or an experiment, or choose another status.
    </EmptyState>
  );
}

const ATTACH = `spark-submit --jars modeldb-spark-bridge.jar \\
  --conf spark.extraListeners=io.modeldb.spark.ModelDBListener your_job.py`;

function NoRuns() {
  return (
    <InProject>
      <EmptyState title="No runs yet" code={ATTACH}>
        A run appears here while its job runs. Attach ModelDB to a Spark job like this:
      </EmptyState>
    </InProject>
  );
}
