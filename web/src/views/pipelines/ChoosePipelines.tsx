import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { get } from '../../api/query';
import { Status } from '../../components/Badge';
import { Button } from '../../components/Button';
import { ClassName } from '../../components/ClassName';
import { EmptyState } from '../../components/EmptyState';
import { InProject } from '../../components/InProject';
import { ErrorState } from '../../components/ErrorState';
import { Id } from '../../components/Id';
import { Loading } from '../../components/Loading';
import { SearchField } from '../../components/SearchField';
import type { Column, Sort } from '../../components/table/columns';
import { DataTable } from '../../components/table/DataTable';
import { rowsOf, textOf, valueOf, type ModelRow } from '../../components/models/rows';
import { useModelPages } from '../../components/models/useModelPages';
import { to } from '../../lib/links';
import { closedQuery } from '../../query/closedQuery';
import { PAGE_ROWS } from '../../query/modelQuery';
import { useUrlParams, useUrlState } from '../../lib/url';

export const MAX_PIPELINES = 10;
/** Metrics that are shown, and those among which they are: some are of stages only. */
const METRICS = 3;
const METRICS_ASKED = 12;

const rowId = (row: ModelRow) => row.id;
const isSort = (value: unknown): Sort | undefined =>
  typeof value === 'object' && value !== null && 'column' in value && 'descending' in value
    ? (value as Sort)
    : undefined;
const NEWEST: Sort = { column: 'started_at', descending: true };

/** A list of pipelines to tick, the newest first, or the best by a metric. */
export function ChoosePipelines({
  project,
  chosen,
}: {
  project: string;
  chosen: readonly string[];
}) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(() => new Set(chosen));
  const [search, setSearch] = useUrlState('q', '');
  const [sort, setSort] = useUrlState<Sort>('sort', NEWEST, { check: isSort });
  const change = useUrlParams();
  const fields = useQuery(get('/api/v1/fields', { params: { query: { project } } }));

  const metrics = useMemo(
    () =>
      (fields.data ?? [])
        .filter(({ group, larger_is_better }) => group === 'metric' && larger_is_better !== null)
        .slice(0, METRICS_ASKED),
    [fields.data],
  );
  const ids = ['model_id', 'family', 'status', 'started_at', 'duration_ms'].concat(
    metrics.map(({ id }) => id),
  );
  const output = Math.max(0, ids.indexOf(sort.column));
  const kind = { field: 'kind', op: { in: ['pipeline'] } };
  const query = closedQuery({
    project,
    columns: ids.map((field) => ({ field })),
    filters: search === '' ? [kind] : [kind, { field: 'search', op: { contains: search } }],
    sort: [{ output, descending: sort.descending }],
    limit: PAGE_ROWS,
  });
  const models = useModelPages(query, !fields.isPending);
  const { rows, places } = useMemo(() => rowsOf(models.pages), [models.pages]);
  const columns = useMemo(() => {
    const measured = metrics.filter(({ id }) =>
      rows.some((row) => typeof valueOf(row, id) === 'number'),
    );
    return toColumns(project, measured.slice(0, METRICS));
  }, [project, metrics, rows]);

  if (models.error) {
    return (
      <ErrorState what="Pipelines could not be read" error={models.error} onRetry={models.retry} />
    );
  }
  if (!models.first) return <Loading what="Reading pipelines" />;
  const tooMany = selected.size > MAX_PIPELINES;
  return (
    <div className="stack">
      <div className="row">
        <SearchField
          label="Search pipelines"
          hideLabel
          placeholder="Search ids, classes, runs"
          value={search}
          onChange={setSearch}
        />
        <Button
          variant="primary"
          isDisabled={selected.size === 0 || tooMany}
          onPress={() =>
            change({ models: [...selected].join(','), choose: null, sort: null, q: null }, 'push')
          }
        >
          {selected.size > 1 ? `Compare ${selected.size} pipelines` : 'Show pipeline'}
        </Button>
        {selected.size > 0 && (
          <Button variant="quiet" onPress={() => setSelected(new Set())}>
            Untick all
          </Button>
        )}
        <span role="status" className={tooMany ? 'field-error' : 'soft small'}>
          {tooMany
            ? `At most ${MAX_PIPELINES} fit side by side: untick ${selected.size - MAX_PIPELINES}.`
            : selected.size === 0
              ? 'Tick one to see its stages, or up to ten to compare them.'
              : ''}
        </span>
      </div>
      <DataTable
        label="Pipelines"
        columns={columns}
        rows={rows}
        rowId={rowId}
        selected={selected}
        onSelect={setSelected}
        sort={sort}
        onSortChange={(next) => setSort(next ?? NEWEST)}
        sparse={{ total: models.total, places, onSeen: models.onSeen }}
        empty={<NoPipelines project={project} isSearch={search !== ''} />}
      />
    </div>
  );
}

function NoPipelines({ project, isSearch }: { project: string; isSearch: boolean }) {
  if (isSearch)
    return <EmptyState title="No pipeline matches">Search for something else.</EmptyState>;
  return (
    <InProject>
      <EmptyState
        title="No pipelines yet"
        actions={<Link to={to.models(project)}>All models</Link>}
      >
        Fit a <code>Pipeline</code> in a Spark job that ModelDB watches, and its stages appear here.
      </EmptyState>
    </InProject>
  );
}

interface Metric {
  id: string;
  label: string;
  larger_is_better?: boolean | null;
}

function toColumns(project: string, metrics: readonly Metric[]): Column<ModelRow>[] {
  return [
    {
      id: 'family',
      header: 'Ends in',
      width: 220,
      value: (row) => valueOf(row, 'family'),
      cell: (row) => (
        <Link to={to.pipelines(project, [rowId(row)])}>
          <ClassName of={textOf(row, 'family')} />
        </Link>
      ),
    },
    {
      id: 'model_id',
      header: 'Model',
      value: rowId,
      cell: (row) => <Id of={rowId(row)} href={to.model(rowId(row), project)} />,
    },
    {
      id: 'status',
      header: 'Status',
      value: (row) => valueOf(row, 'status'),
      cell: (row) => <Status status={textOf(row, 'status') ?? 'unknown'} />,
    },
    ...metrics.map(({ id, label, larger_is_better }) => ({
      id,
      header: label,
      description: larger_is_better ? 'Larger is better' : 'Smaller is better',
      value: (row: ModelRow) => valueOf(row, id),
      align: 'end' as const,
    })),
    {
      id: 'duration_ms',
      header: 'Time to fit',
      value: (row) => valueOf(row, 'duration_ms'),
      kind: 'duration',
      align: 'end',
    },
    {
      id: 'started_at',
      header: 'Started',
      value: (row) => valueOf(row, 'started_at'),
      kind: 'time',
    },
  ];
}
