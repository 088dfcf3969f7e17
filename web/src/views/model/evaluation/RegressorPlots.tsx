import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import { Chart } from '../../../components/chart/Chart';
import type { ChartSpec } from '../../../components/chart/types';
import { formatInteger, formatNumber } from '../../../lib/format';
import type { ScoredRow } from '../../../lib/scored';
import { residualsOf, summarise } from './residuals';

/** From here on drawing each mark as an element is slow. */
const CANVAS_FROM = 1500;

const RESIDUALS: ChartSpec = {
  layer: [
    {
      mark: { type: 'point', size: 18, opacity: 0.6 },
      encoding: {
        x: { field: 'prediction', type: 'quantitative', title: 'Prediction' },
        y: { field: 'residual', type: 'quantitative', title: 'Residual (label − prediction)' },
      },
    },
    { mark: { type: 'rule', strokeDash: [4, 4] }, encoding: { y: { datum: 0 } } },
  ],
};
const HISTOGRAM: ChartSpec = {
  mark: { type: 'bar' },
  encoding: {
    x: {
      field: 'residual',
      type: 'quantitative',
      bin: { maxbins: 40 },
      title: 'Residual (label − prediction)',
    },
    y: { aggregate: 'count', type: 'quantitative', title: 'Rows' },
  },
};

interface RegressorPlotsProps {
  rows: readonly ScoredRow[];
  /** Where a row is seen on its way through the stages. */
  rowHref: (id: string) => string;
}

/** How far predictions were off, and where. */
export function RegressorPlots({ rows, rowHref }: RegressorPlotsProps) {
  const navigate = useNavigate();
  const residuals = useMemo(() => residualsOf(rows), [rows]);
  const summary = useMemo(() => summarise(residuals), [residuals]);
  const data = useMemo(() => residuals.map((residual) => ({ ...residual })), [residuals]);
  if (!summary) {
    return <p className="soft">None of the sampled rows has a label and a prediction.</p>;
  }
  const renderer = data.length > CANVAS_FROM ? 'canvas' : 'svg';
  const rmse = formatNumber(summary.rmse);
  return (
    <div className="stack">
      <dl className="figures">
        <Figure name="RMSE" value={rmse} />
        <Figure name="MAE" value={formatNumber(summary.mae)} />
        {summary.r2 !== undefined && <Figure name="R²" value={formatNumber(summary.r2)} />}
        <Figure name="Half of the rows within" value={`± ${formatNumber(summary.median)}`} />
        <Figure
          name="Mean residual"
          value={formatNumber(summary.bias, 3)}
          title="Above zero where predictions are too low"
        />
      </dl>
      <div className="columns">
        <Chart
          spec={RESIDUALS}
          data={data}
          caption="Residuals"
          description={`Residuals of ${formatInteger(summary.rows)} sampled rows over their predictions; RMSE ${rmse}`}
          renderer={renderer}
          onPick={(row) => typeof row['id'] === 'string' && void navigate(rowHref(row['id']))}
        />
        <Chart
          spec={HISTOGRAM}
          data={data}
          caption="How often a residual occurs"
          description={`Histogram of the residuals of ${formatInteger(summary.rows)} sampled rows`}
        />
      </div>
    </div>
  );
}

function Figure({ name, value, title }: { name: string; value: string; title?: string }) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
