import { useMemo } from 'react';
import { Chart } from '../../../components/chart/Chart';
import type { ChartRow, ChartSpec } from '../../../components/chart/types';
import type { Column } from '../../../components/table/columns';
import { DataTable } from '../../../components/table/DataTable';
import { EmptyState } from '../../../components/EmptyState';
import { Truncated } from '../../../components/Truncated';
import { formatNumber } from '../../../lib/format';
import { shortClass } from '../../../lib/names';
import { useUrlState } from '../../../lib/url';
import { useExplorer } from '../context';
import type { Field } from '../fields';
import { put } from '../spec';
import type { RankedEffect } from './ranking';

const SHOWN = 20;
const ROW_HEIGHT = 24;

const percent = (share: number | undefined) =>
  share === undefined ? '–' : `${formatNumber(share * 100, 3)} %`;

const COLUMNS: Column<RankedEffect>[] = [
  {
    id: 'name',
    header: 'parameter',
    value: ({ name }) => name,
    cell: ({ name }) => <Truncated>{name}</Truncated>,
    width: 200,
  },
  {
    id: 'share',
    header: 'explains (ε²)',
    description: 'Share of the variance of the metric, corrected for the number of groups',
    value: ({ share }) => share,
    cell: ({ share }) => percent(share),
    align: 'end',
  },
  {
    id: 'eta',
    header: 'uncorrected (η²)',
    value: ({ eta }) => eta,
    cell: ({ eta }) => percent(eta),
    align: 'end',
  },
  { id: 'models', header: 'models', value: ({ models }) => models, kind: 'integer', align: 'end' },
  { id: 'groups', header: 'groups', value: ({ groups }) => groups, kind: 'integer', align: 'end' },
  {
    id: 'best',
    header: 'best on average',
    value: ({ best }) => best,
    cell: ({ best }) => <Truncated>{shortClass(best ?? '–')}</Truncated>,
    width: 200,
  },
];

const SPEC: ChartSpec = {
  mark: { type: 'bar', cornerRadiusEnd: 2 },
  encoding: {
    y: { field: 'name', type: 'nominal', sort: null, title: null },
    x: {
      field: 'share',
      type: 'quantitative',
      title: 'share of the metric’s variance (ε²)',
      axis: { format: '%' },
      scale: { domainMin: 0 },
    },
    tooltip: [
      { field: 'name', title: 'parameter' },
      { field: 'share', title: 'explains', format: '.1%' },
      { field: 'models', title: 'models' },
    ],
  },
};

interface ImportanceChartProps {
  metric: Field;
  effects: readonly RankedEffect[];
}

export function ImportanceChart({ metric, effects }: ImportanceChartProps) {
  const { spec, change } = useExplorer();
  const [, setTab] = useUrlState<string>('tab', 'chart');
  const known = useMemo(() => effects.filter(({ share }) => share !== undefined), [effects]);
  const bars = useMemo(
    () =>
      known.slice(0, SHOWN).map(({ id, name, share, models }): ChartRow => {
        return { id, name, share, models };
      }),
    [known],
  );
  const first = known[0];
  if (effects.length === 0 || !first) {
    return (
      <EmptyState title="Nothing to compare yet">
        {effects.length === 0
          ? 'No parameter has two different values among these models. Train with other values, or count models inside pipelines and searches too.'
          : 'Fewer than five models have a parameter that differs. Count models inside pipelines and searches too, or train more.'}
      </EmptyState>
    );
  }
  function open(id: string) {
    change({ ...put(put(spec, 'x', { field: id }), 'y', { field: metric.id }), mark: 'auto' });
    setTab('chart');
  }
  return (
    <>
      <Chart
        spec={SPEC}
        data={bars}
        description={`Bars: how much of ${metric.label} each of ${bars.length} parameters explains. Most: ${first.name}, ${percent(first.share)}.`}
        height={Math.max(120, bars.length * ROW_HEIGHT + 60)}
        onPick={(row) => open(String(row['id']))}
        caption={
          <span className="small">
            Click a bar to put the parameter and the metric on the chart’s axes.
          </span>
        }
      />
      <DataTable
        label="What each parameter explains"
        columns={COLUMNS}
        rows={effects}
        rowId={effectId}
        onCellDrag={effectCell}
        cellActions={(_, { id, name }) => [
          {
            id: 'chart',
            label: `Chart against ${name.slice(0, 100)}`,
            icon: 'chart',
            onAction: () => open(id),
          },
        ]}
        maxHeight="420px"
      />
    </>
  );
}

const effectId = ({ id }: RankedEffect) => id;
const effectCell = ({ id }: RankedEffect) => ({ field: id, value: id });
