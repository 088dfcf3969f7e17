import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { get } from '../../api/query';
import { useOwnProject, useProject } from '../../app/project';
import { Badge } from '../../components/Badge';
import { Card } from '../../components/Card';
import { Loading } from '../../components/Loading';
import { Notes } from '../../components/Notes';
import { Page } from '../../components/Page';
import { ReadError } from '../../components/ReadError';
import { ResultTable } from '../../components/table/ResultTable';
import { cut } from '../../components/Truncated';
import { formatInteger } from '../../lib/format';
import { to } from '../../lib/links';
import { shortId } from '../../lib/names';
import { ownName } from '../../lib/datasetName';
import { Columns } from './Columns';
import './dataset.css';
import { Facts } from './Facts';
import { Learners } from './Learners';
import { LineageCard } from './LineageCard';
import type { Detail } from './types';

/** A name as long as a page would leave no page. */
const TITLE_MAX = 120;

/** One dataset: where it came from, what is in it, what was built on it. */
export default function Dataset() {
  const { id = '' } = useParams();
  const project = useProject();
  const query = useQuery({
    ...get('/api/v1/datasets/{dataset_id}', { params: { path: { dataset_id: id } } }),
    placeholderData: keepPreviousData,
  });
  const detail = query.data;
  useOwnProject(detail?.dataset.project);
  const own = detail && ownName(detail.dataset);
  const title = cut(own ?? `Dataset ${shortId(id)}`, TITLE_MAX);
  return (
    <Page
      title={title}
      subtitle={detail && <Subtitle detail={detail} />}
      actions={
        detail && <Link to={to.columns(detail.dataset.project)}>All columns of the project</Link>
      }
    >
      {query.error && (
        <ReadError
          thing="dataset"
          id={id}
          error={query.error}
          onRetry={() => void query.refetch()}
          actions={
            <Link to={project === undefined ? to.projects() : to.datasets(project)}>Datasets</Link>
          }
        />
      )}
      {query.isPending && <Loading what="Reading the dataset" />}
      {detail && <Body detail={detail} />}
    </Page>
  );
}

function Subtitle({ detail: { dataset, models } }: { detail: Detail }) {
  return (
    <span className="row">
      <span>
        {formatInteger(dataset.columns?.length ?? 0)} columns, {formatInteger(models.length)} models
        built on it
      </span>
      {dataset.sampled && <Badge icon="table">{dataset.sample_role ?? 'sampled'}</Badge>}
    </span>
  );
}

function Body({ detail }: { detail: Detail }) {
  const { dataset, sample } = detail;
  return (
    <>
      <Facts detail={detail} />
      <LineageCard detail={detail} />
      <Columns detail={detail} />
      {sample ? (
        <Card title={`Sample (${sampleSize(detail)} rows)`} isFlush>
          <ResultTable
            label="Sample"
            columns={sample.columns}
            rows={sample.rows}
            maxHeight="420px"
          />
        </Card>
      ) : (
        <Card title="Sample">
          <p className="soft">
            No rows were sampled. ModelDB samples what a program learns from, scores and writes
            where <code>spark.modeldb.sample.mode</code> allows it.
          </p>
        </Card>
      )}
      <Learners detail={detail} />
      <Notes notes={detail.notes} kind="dataset" id={dataset.dataset_id} />
    </>
  );
}

/** The page is sent some rows of a sample; its profile is of all of them. */
function sampleSize({ sample, profile }: Detail): string {
  const shown = sample?.rows.length ?? 0;
  const all = profile[0]?.rows ?? shown;
  return all > shown ? `${formatInteger(shown)} of ${formatInteger(all)}` : formatInteger(shown);
}
