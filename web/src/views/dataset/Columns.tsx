import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { get } from '../../api/query';
import { Card } from '../../components/Card';
import type { Column } from '../../components/table/columns';
import { DataTable } from '../../components/table/DataTable';
import { cut } from '../../components/Truncated';
import { formatInteger, formatNumber } from '../../lib/format';
import { to } from '../../lib/links';
import { useUrlState } from '../../lib/url';
import { ColumnDialog } from './ColumnDialog';
import { toColumnRows, type ColumnRow, type ColumnUse } from './columnRows';
import { MiniBars } from './MiniBars';
import type { Detail } from './types';

/** No cell is wider. */
const NAME_MAX = 200;
const NO_USES: ColumnUse[] = [];
const rowId = (row: ColumnRow) => row.id;

/** Schema and profile: what columns there are, how their values are spread, who learnt from them. */
export function Columns({ detail }: { detail: Detail }) {
  const { project } = detail.dataset;
  const uses = useQuery(get('/api/v1/columns', { params: { query: { project } } }));
  const rows = useMemo(() => toColumnRows(detail, uses.data ?? NO_USES), [detail, uses.data]);
  const [open, setOpen] = useUrlState('column', '');
  const isProfiled = detail.profile.length > 0;
  const columns = useMemo(
    () => toColumns(project, isProfiled, setOpen),
    [project, isProfiled, setOpen],
  );
  const shown = open === '' ? undefined : rows.find(({ name }) => name === open);
  if (rows.length === 0) return null;
  return (
    <Card
      title={`Columns (${formatInteger(rows.length)})`}
      actions={
        <span className="soft small">
          {isProfiled
            ? `Profile of ${formatInteger(detail.profile[0]?.rows ?? 0)} sampled rows`
            : 'Without a sample there is no profile'}
        </span>
      }
      isFlush
    >
      <DataTable label="Columns" columns={columns} rows={rows} rowId={rowId} maxHeight="480px" />
      {shown && <ColumnDialog row={shown} project={project} onClose={() => setOpen('')} />}
    </Card>
  );
}

function toColumns(
  project: string,
  isProfiled: boolean,
  open: (name: string) => void,
): Column<ColumnRow>[] {
  return [
    {
      id: 'name',
      header: 'Column',
      width: 180,
      value: (row) => row.name,
      cell: ({ name }) => (
        <button type="button" className="column-name" title={name} onClick={() => open(name)}>
          <bdi>{name === '' ? '(no name)' : cut(name, NAME_MAX)}</bdi>
        </button>
      ),
    },
    { id: 'type', header: 'Type', width: 110, value: (row) => row.type },
    {
      id: 'models',
      header: 'Models',
      description: 'Models of the project that learnt from a column of this name',
      width: 110,
      align: 'end',
      value: (row) => row.models,
      cell: ({ name, models }) =>
        models === undefined ? (
          <span className="soft">none</span>
        ) : (
          <Link to={to.columns(project, name)} aria-label={`${models} models that used ${name}`}>
            {formatInteger(models)} {models === 1 ? 'model' : 'models'}
          </Link>
        ),
    },
    ...(isProfiled ? PROFILE_COLUMNS : []),
  ];
}

const PROFILE_COLUMNS: Column<ColumnRow>[] = [
  {
    id: 'spread',
    header: 'Values',
    description: 'A histogram of numbers, or the commonest values',
    width: 160,
    isSortable: false,
    value: () => null,
    cell: ({ name, spread }) =>
      spread ? (
        <MiniBars
          spread={spread}
          label={`${spread.isHistogram ? 'Histogram' : 'Commonest values'} of ${name}`}
        />
      ) : null,
  },
  {
    id: 'missing',
    header: 'Missing',
    width: 90,
    align: 'end',
    value: ({ profile }) => profile && profile.missing / Math.max(1, profile.rows),
    cell: ({ profile }) =>
      profile && (
        <span title={`${profile.missing} of ${profile.rows}`}>
          {formatNumber((profile.missing / Math.max(1, profile.rows)) * 100, 2)} %
        </span>
      ),
  },
  {
    id: 'distinct',
    header: 'Different',
    width: 95,
    align: 'end',
    kind: 'integer',
    value: ({ profile }) => profile?.distinct,
  },
  { id: 'min', header: 'Smallest', width: 110, value: ({ profile }) => profile?.min },
  { id: 'max', header: 'Largest', width: 110, value: ({ profile }) => profile?.max },
  {
    id: 'mean',
    header: 'Mean',
    width: 90,
    align: 'end',
    value: ({ profile }) => profile?.mean,
  },
  {
    id: 'median',
    header: 'Median',
    width: 90,
    align: 'end',
    value: ({ profile }) => profile?.median,
  },
  {
    id: 'common',
    header: 'Commonest',
    width: 160,
    value: ({ profile }) => profile?.common,
  },
];
