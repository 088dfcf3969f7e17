import { Link } from 'react-router';
import type { components } from '../../api/schema';
import { Badge } from '../../components/Badge';
import type { Column } from '../../components/table/columns';
import { cut, Truncated } from '../../components/Truncated';
import { to } from '../../lib/links';
import { datasetName, sourceNames } from '../../lib/datasetName';

export type Dataset = components['schemas']['Dataset'];

/** What a cell and its title take of a name. */
const SHOWN_MAX = 200;
const TITLE_MAX = 2_000;

/** Columns that say nothing of any row are left out. */
export function datasetColumns(rows: readonly Dataset[]): Column<Dataset>[] {
  const isWritten = rows.some(({ written_uris }) => (written_uris?.length ?? 0) > 0);
  const isCounted = rows.some(({ row_count }) => row_count !== null && row_count !== undefined);
  return COLUMNS.filter(
    ({ id }) => (id !== 'written' || isWritten) && (id !== 'rows' || isCounted),
  );
}

const COLUMNS: Column<Dataset>[] = [
  {
    id: 'name',
    header: 'Dataset',
    width: 200,
    value: datasetName,
    cell: (dataset) => (
      <Link to={to.dataset(dataset.dataset_id, dataset.project)} title={title(dataset)}>
        <bdi>{cut(datasetName(dataset), SHOWN_MAX)}</bdi>
      </Link>
    ),
  },
  {
    id: 'made',
    header: 'How',
    description: 'The condition, the split or the join that made it',
    width: 220,
    value: (dataset) => dataset.detail,
    cell: ({ detail }) => (detail ? <Truncated>{detail}</Truncated> : null),
  },
  {
    id: 'sources',
    header: 'Sources',
    description: 'What it was read from, itself or by way of others',
    width: 280,
    value: (dataset) => sourceNames(dataset.source_uris),
    cell: ({ source_uris }) => (
      <span title={cut(source_uris?.join('\n') ?? '', TITLE_MAX)}>
        <bdi>{cut(sourceNames(source_uris), SHOWN_MAX)}</bdi>
      </span>
    ),
  },
  {
    id: 'written',
    header: 'Written to',
    width: 140,
    value: (dataset) => sourceNames(dataset.written_uris),
    cell: ({ written_uris }) => <Truncated>{(written_uris ?? []).join(', ')}</Truncated>,
  },
  {
    id: 'columns',
    header: 'Columns',
    width: 90,
    align: 'end',
    value: (dataset) => dataset.columns?.length,
  },
  {
    id: 'rows',
    header: 'Rows',
    description: 'Where the program counted them or Spark did',
    width: 100,
    align: 'end',
    kind: 'integer',
    value: (dataset) => dataset.row_count,
  },
  {
    id: 'models',
    header: 'Models',
    description: 'Models that learnt from it itself',
    width: 90,
    align: 'end',
    kind: 'integer',
    value: (dataset) => dataset.models,
  },
  {
    id: 'sampled',
    header: 'Sample',
    width: 100,
    value: (dataset) => dataset.sampled,
    cell: ({ sampled, sample_role }) =>
      sampled ? <Badge icon="table">{sample_role ?? 'sampled'}</Badge> : null,
  },
  {
    id: 'created',
    header: 'First seen',
    width: 110,
    kind: 'time',
    value: (dataset) => dataset.created_at,
  },
];

function title({ name, dataset_id }: Dataset): string {
  return name ? `${cut(name, TITLE_MAX)}\n${dataset_id}` : dataset_id;
}
