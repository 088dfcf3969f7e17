import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { useProject } from '../../app/project';
import { get } from '../../api/query';
import type { components } from '../../api/schema';
import { Button } from '../../components/Button';
import { EmptyState } from '../../components/EmptyState';
import { InProject } from '../../components/InProject';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import type { Column } from '../../components/table/columns';
import { DataTable } from '../../components/table/DataTable';
import { Truncated } from '../../components/Truncated';
import { formatInteger } from '../../lib/format';
import { to } from '../../lib/links';
import { useUrlState } from '../../lib/url';
import { SearchBox } from '../../components/SearchBox';

type ColumnUse = components['schemas']['ColumnUse'];

/** What the agent tells at once. */
const LISTED_MAX = 2000;
const rowId = ({ column }: ColumnUse) => column;

export function ColumnList() {
  const project = useProject();
  const [search, setSearch] = useUrlState<string>('search', '');
  const text = search.trim();
  const columns = useQuery({
    ...get('/api/v1/columns', {
      params: {
        query: { ...(project !== undefined && { project }), ...(text !== '' && { search: text }) },
      },
    }),
    placeholderData: keepPreviousData,
  });
  const table = useMemo(() => tableColumns(project), [project]);
  const { data } = columns;

  return (
    <Page
      title={project === undefined ? 'Columns of all projects' : `Columns of ${project}`}
      heading="Columns"
      subtitle="Columns that models learnt from: those of sources, and those that were made of them on the way"
    >
      <div className="columns-search">
        <SearchBox label="Search columns" value={search} onChange={setSearch} />
        <span className="soft" role="status">
          {data && count(data.length, text !== '')}
        </span>
      </div>
      {columns.error && (
        <ErrorState
          what="The columns could not be read"
          error={columns.error}
          onRetry={() => void columns.refetch()}
        />
      )}
      {columns.isPending && <Loading what="Reading columns" />}
      {data && (
        <DataTable
          label="Columns"
          columns={table}
          rows={data}
          rowId={rowId}
          empty={
            text === '' ? (
              <InProject>
                <EmptyState title="No columns yet">
                  A column appears here when a model learns from it, by itself or through features.{' '}
                  <Link to={to.projects()}>How to watch a Spark job</Link>
                </EmptyState>
              </InProject>
            ) : (
              <EmptyState
                title="No column matches"
                actions={<Button onPress={() => setSearch('')}>Clear the search</Button>}
              >
                Only columns that a model learnt from are listed.
              </EmptyState>
            )
          }
        />
      )}
    </Page>
  );
}

function count(listed: number, isPart: boolean): string {
  const columns = `${formatInteger(listed)} column${listed === 1 ? '' : 's'}`;
  if (listed >= LISTED_MAX) return `the ${columns} that are used most; search for others`;
  return isPart ? `${columns} ${listed === 1 ? 'matches' : 'match'}` : columns;
}

function tableColumns(project: string | undefined): Column<ColumnUse>[] {
  return [
    {
      id: 'column',
      header: 'column',
      value: ({ column }) => column,
      width: 200,
      cell: ({ column }) => (
        <Link
          to={project === undefined ? to.allColumns({ name: column }) : to.columns(project, column)}
          className="column-link"
        >
          <Truncated>{column === '' ? '(no name)' : column}</Truncated>
        </Link>
      ),
    },
    {
      id: 'derived',
      header: 'from',
      description: 'A source, or other columns on the way to the model',
      value: ({ derived }) => (derived ? 'made on the way' : 'a source'),
      width: 130,
    },
    {
      id: 'models',
      header: 'models',
      description: 'Models that were asked for, and the best of searches',
      value: ({ models }) => models,
      kind: 'integer',
      align: 'end',
      width: 90,
    },
    {
      id: 'fits',
      header: 'fits',
      description: 'Fits, those inside pipelines and searches too',
      value: ({ fits }) => fits,
      kind: 'integer',
      align: 'end',
      width: 90,
    },
    {
      id: 'last_used',
      header: 'last used',
      value: (row) => row.last_used,
      kind: 'time',
      width: 120,
    },
  ];
}
