import { useMemo } from 'react';
import { Chart } from '../../../components/chart/Chart';
import type { ChartSpec } from '../../../components/chart/types';
import { Select } from '../../../components/Select';
import { formatNumber } from '../../../lib/format';
import type { ScoredRow } from '../../../lib/scored';
import { useUrlState } from '../../../lib/url';
import { classCount, curvesOf, judge, thin, type CurvePoint } from './curves';

const MAX_POINTS = 400;

const line = (x: string, y: string, xTitle: string, yTitle: string) => ({
  mark: { type: 'line' as const, interpolate: 'linear' as const },
  encoding: {
    x: { field: x, type: 'quantitative' as const, title: xTitle, scale: { domain: [0, 1] } },
    y: { field: y, type: 'quantitative' as const, title: yTitle, scale: { domain: [0, 1] } },
    order: { field: 'step', type: 'quantitative' as const },
  },
});

const ROC: ChartSpec = {
  layer: [
    {
      data: { values: [{ x: 0 }, { x: 1 }] },
      mark: { type: 'line', strokeDash: [4, 4], color: 'gray' },
      encoding: {
        x: { field: 'x', type: 'quantitative' },
        y: { field: 'x', type: 'quantitative' },
      },
    },
    line('fallOut', 'recall', 'False positive rate', 'True positive rate (recall)'),
  ],
};
const PRECISION: ChartSpec = line('recall', 'precision', 'Recall', 'Precision');

/** ROC and precision/recall of one class against the others. */
export function ClassifierCurves({ rows }: { rows: readonly ScoredRow[] }) {
  const classes = useMemo(() => classCount(rows), [rows]);
  const [wanted, setWanted] = useUrlState('class', 1);
  const positive = Math.max(0, Math.min(wanted, classes - 1));
  const curves = useMemo(() => curvesOf(judge(rows, positive)), [rows, positive]);
  const points = useMemo(() => toRows(curves.points), [curves]);
  if (classes === 0) {
    return (
      <p className="soft">
        No ROC curve: the model predicts without probabilities, or none were sampled.
      </p>
    );
  }
  if (curves.areaUnderRoc === undefined || curves.averagePrecision === undefined) {
    return (
      <p className="soft">
        No ROC curve: the sampled rows are all of one class, or their labels are not known.
      </p>
    );
  }
  const area = formatNumber(curves.areaUnderRoc);
  const average = formatNumber(curves.averagePrecision);
  return (
    <div className="stack">
      {classes > 2 && (
        <div className="row">
          <Select
            label="Class against all others"
            options={Array.from({ length: classes }, (_, i) => ({
              id: String(i),
              label: String(i),
            }))}
            value={String(positive)}
            onChange={(id) => setWanted(Number(id ?? 1))}
          />
        </div>
      )}
      <div className="columns">
        <Chart
          spec={ROC}
          data={points}
          caption={`ROC, area ${area}`}
          description={`ROC curve of class ${positive}: the area under it is ${area}`}
          height={240}
        />
        <Chart
          spec={PRECISION}
          data={points}
          caption={`Precision and recall, average precision ${average}`}
          description={`Precision over recall of class ${positive}: the average precision is ${average}`}
          height={240}
        />
      </div>
    </div>
  );
}

function toRows(points: readonly CurvePoint[]) {
  return thin(points, MAX_POINTS).map(({ threshold, fallOut, recall, precision }, step) => ({
    step,
    // The first point is above every score.
    threshold: Number.isFinite(threshold) ? threshold : null,
    fallOut,
    recall,
    precision,
  }));
}
