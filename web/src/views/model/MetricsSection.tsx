import { useMemo } from 'react';
import { Badge } from '../../components/Badge';
import { Icon } from '../../components/Icon';
import { Id } from '../../components/Id';
import type { Column } from '../../components/table/columns';
import { DataTable } from '../../components/table/DataTable';
import { Truncated } from '../../components/Truncated';
import { formatNumber } from '../../lib/format';
import { to } from '../../lib/links';
import { metricRows, type Metric, type MetricRow } from './metricRows';
import { Section } from './Section';

const SOURCES: Record<string, string> = {
  evaluator: 'an evaluator',
  search: 'the search',
  training: 'the training',
  manual: 'by hand',
};

const rowId = (row: MetricRow) => row.id;

export function MetricsSection({
  metrics,
  project,
}: {
  metrics: readonly Metric[];
  project: string;
}) {
  const rows = useMemo(() => metricRows(metrics), [metrics]);
  const hasSlices = rows.some(({ metric }) => metric.slice);
  const columns = useMemo(() => toColumns(project, hasSlices), [project, hasSlices]);
  return (
    <Section id="metrics" title="Metrics" isFlush={rows.length > 0}>
      {rows.length === 0 ? (
        <p className="soft">
          Nothing was measured. Score some rows and pass them to an evaluator of Spark.
        </p>
      ) : (
        <DataTable
          label="Values of metrics"
          columns={columns}
          rows={rows}
          rowId={rowId}
          maxHeight="50vh"
        />
      )}
    </Section>
  );
}

function toColumns(project: string, hasSlices: boolean): Column<MetricRow>[] {
  const columns: Column<MetricRow>[] = [
    {
      id: 'name',
      header: 'Metric',
      width: 170,
      value: ({ metric }) => metric.name,
      cell: ({ metric }) => <MetricName metric={metric} />,
    },
    {
      id: 'value',
      header: 'Value',
      width: 110,
      align: 'end',
      value: ({ value, metric }) => value ?? metric.value,
    },
    {
      id: 'slice',
      header: 'Rows',
      description: 'The rows that were measured',
      width: 220,
      value: ({ metric }) => metric.slice ?? '',
      cell: ({ metric }) => <Slice of={metric.slice} />,
    },
    {
      id: 'difference',
      header: 'Against all rows',
      width: 150,
      align: 'end',
      value: ({ difference }) => difference,
      cell: (row) => <Difference row={row} />,
    },
    {
      id: 'dataset',
      header: 'Dataset',
      value: ({ metric }) => metric.dataset_id,
      cell: ({ metric }) =>
        metric.dataset_id ? (
          <Id of={metric.dataset_id} href={to.dataset(metric.dataset_id, project)} />
        ) : (
          <span className="soft">not recorded</span>
        ),
    },
    {
      id: 'source',
      header: 'Measured by',
      width: 120,
      value: ({ metric }) => SOURCES[metric.source ?? ''] ?? metric.source,
    },
    {
      id: 'at',
      header: 'When',
      width: 120,
      value: ({ metric }) => metric.recorded_at,
      kind: 'time',
    },
  ];
  return hasSlices ? columns : columns.filter(({ id }) => id !== 'difference');
}

function MetricName({ metric }: { metric: Metric }) {
  const isLarger = metric.larger_is_better;
  return (
    <>
      <Truncated>{metric.name}</Truncated>
      {typeof isLarger === 'boolean' && (
        <span
          className="soft direction"
          title={isLarger ? 'Larger is better' : 'Smaller is better'}
        >
          <Icon name={isLarger ? 'arrow-up' : 'arrow-down'} size={12} />
          <span className="visually-hidden">
            {isLarger ? ', larger is better' : ', smaller is better'}
          </span>
        </span>
      )}
    </>
  );
}

function Slice({ of: slice }: { of: string | null | undefined }) {
  if (!slice) return <span className="soft">all rows</span>;
  if (slice === 'opaque') return <span title="A function that cannot be read">some rows</span>;
  return (
    <code>
      <Truncated>{slice}</Truncated>
    </code>
  );
}

function Difference({ row: { difference, verdict } }: { row: MetricRow }) {
  if (difference === undefined) return null;
  const text = `${difference > 0 ? '+' : ''}${formatNumber(difference, 3)}`;
  if (verdict === undefined || verdict === 'same') return <span>{text}</span>;
  return (
    <>
      <span>{text}</span>
      <Badge
        tone={verdict === 'better' ? 'good' : 'bad'}
        icon={verdict === 'better' ? 'check' : 'warning'}
      >
        {verdict}
      </Badge>
    </>
  );
}
