import { useMemo } from 'react';
import { Chart } from '../../../components/chart/Chart';
import type { ChartSpec } from '../../../components/chart/types';
import type { ScoredRow } from '../../../lib/scored';

const SPEC: ChartSpec = {
  mark: { type: 'bar' },
  encoding: {
    x: { field: 'cluster', type: 'ordinal', title: 'Cluster', sort: null },
    y: { field: 'rows', type: 'quantitative', title: 'Sampled rows' },
  },
};

/** How many of the sampled rows went into each cluster. */
export function ClusterSizes({ rows }: { rows: readonly ScoredRow[] }) {
  const sizes = useMemo(() => {
    const counts = new Map<number, number>();
    for (const { prediction } of rows) {
      if (prediction !== undefined) counts.set(prediction, (counts.get(prediction) ?? 0) + 1);
    }
    return [...counts]
      .sort(([a], [b]) => a - b)
      .map(([cluster, count]) => ({ cluster: String(cluster), rows: count }));
  }, [rows]);
  return (
    <Chart
      spec={SPEC}
      data={sizes}
      caption="Sizes of clusters"
      description={`Sampled rows in each of ${sizes.length} clusters`}
    />
  );
}
