import { useMemo } from 'react';
import { Link } from 'react-router';
import { usePages } from '../../api/pages';
import { useProject } from '../../app/project';
import { Checkbox } from '../../components/Checkbox';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { SearchField } from '../../components/SearchField';
import { DataTable } from '../../components/table/DataTable';
import { to } from '../../lib/links';
import { useUrlState } from '../../lib/url';
import { datasetColumns, type Dataset } from './columns';
import './datasets.css';
import { NoDatasets } from './NoDatasets';

const rowId = (dataset: Dataset) => dataset.dataset_id;

/** The datasets of a project: what was read, written, learnt from or sampled. */
export default function Datasets() {
  const project = useProject();
  const [search, setSearch] = useUrlState('search', '');
  const [all, setAll] = useUrlState('all', false);
  const datasets = usePages('/api/v1/datasets', {
    all,
    ...(project !== undefined && { project }),
    ...(search !== '' && { search }),
  });
  const { rows } = datasets;
  const columns = useMemo(() => datasetColumns(rows ?? []), [rows]);

  return (
    <Page
      title="Datasets"
      actions={
        project !== undefined && <Link to={to.columns(project)}>Columns and their models</Link>
      }
    >
      <div className="datasets-filters">
        <SearchField
          label="Search datasets"
          placeholder="Search a name, source, column or id"
          value={search}
          onChange={setSearch}
        />
        <Checkbox isSelected={all} onChange={setAll}>
          Show steps on the way too
        </Checkbox>
      </div>
      {datasets.error && (
        <ErrorState
          what="Datasets could not be read"
          error={datasets.error}
          onRetry={() => void datasets.refetch()}
        />
      )}
      {datasets.isPending && <Loading what="Reading datasets" />}
      {rows && (
        <DataTable
          label="Datasets"
          columns={columns}
          rows={rows}
          rowId={rowId}
          hasMore={datasets.hasNextPage}
          isLoadingMore={datasets.isFetchingNextPage}
          onLoadMore={datasets.loadMore}
          maxHeight="75vh"
          empty={<NoDatasets isSearch={search !== ''} isAll={all} showAll={() => setAll(true)} />}
        />
      )}
    </Page>
  );
}
