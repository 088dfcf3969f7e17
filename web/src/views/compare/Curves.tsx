import { useMemo } from 'react';
import type { components } from '../../api/schema';
import { Card } from '../../components/Card';
import { Chart } from '../../components/chart/Chart';
import type { ChartSpec } from '../../components/chart/types';
import { toFinite } from '../../lib/numbers';
import { modelName } from './useCompared';

type Point = components['schemas']['Point'];

interface CurvesProps {
  points: readonly Point[];
  ids: readonly string[];
  families: ReadonlyMap<string | undefined, string | undefined>;
}

/** The course of the trainings, a chart for each value that was followed. */
export function Curves({ points, ids, families }: CurvesProps) {
  const charts = useMemo(() => {
    const byName = new Map<string, { step: number; value: number; model: string }[]>();
    for (const { model_id: id, name, step, value } of points) {
      const y = toFinite(value);
      if (y === undefined) continue;
      const rows = byName.get(name) ?? [];
      byName.set(name, rows);
      rows.push({ step, value: y, model: modelName(id, families.get(id)) });
    }
    return [...byName];
  }, [points, families]);
  const order = useMemo(() => ids.map((id) => modelName(id, families.get(id))), [ids, families]);
  if (charts.length === 0) return null;
  return (
    <Card title="Learning curves">
      <div className="columns">
        {charts.map(([name, data]) => (
          <Chart
            key={name}
            spec={specOf(name, order)}
            data={data}
            caption={name}
            description={`${name} by step, a line for each model`}
          />
        ))}
      </div>
    </Card>
  );
}

function specOf(name: string, order: readonly string[]): ChartSpec {
  const model = { field: 'model', type: 'nominal' as const, sort: [...order], title: 'model' };
  return {
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'step', type: 'quantitative', title: 'step', axis: { tickMinStep: 1 } },
      y: { field: 'value', type: 'quantitative', title: name, scale: { zero: false } },
      color: { ...model, legend: { orient: 'bottom', columns: 1 } },
      // Colour alone would not tell lines apart.
      strokeDash: { ...model, legend: null },
    },
  };
}
