import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../../api/query';
import { Select } from '../../components/Select';
import { formatInteger, formatUtc } from '../../lib/format';
import { RUNS_MAX } from '../../lib/limits';
import { shortId } from '../../lib/names';
import { sliceLabel } from '../../query/fieldRef';
import { metricsOf } from './branches';
import type { History } from './useHistory';

const SHOWS = [
  { id: 'fits', label: 'Fits' },
  { id: 'inner', label: 'Fits, those of searches too', description: 'folds and candidates' },
  { id: 'all', label: 'Everything', description: 'transforms, saves and loads too' },
];

export function Toolbar({ project, history }: { project: string; history: History }) {
  const { graph, view, set } = history;
  const params = { query: { project, limit: RUNS_MAX } };
  const runs = useQuery(get('/api/v1/runs', { params }));
  const isCut = (runs.data?.length ?? 0) >= RUNS_MAX;
  const runOptions = useMemo(
    () =>
      (runs.data ?? []).map((run) => ({
        id: run.run_id,
        label: run.name ?? shortId(run.run_id),
        description: run.started_at == null ? '' : formatUtc(new Date(run.started_at)),
      })),
    [runs.data],
  );
  const metrics = useMemo(() => metricsOf(graph), [graph]);
  return (
    <div className="row history-toolbar">
      <Select
        label={isCut ? `Run, of the newest ${formatInteger(RUNS_MAX)}` : 'Run'}
        options={[{ id: '', label: 'All runs' }, ...runOptions]}
        value={view.run}
        onChange={(run) => set.run(run ?? '')}
      />
      <Select
        label="Show"
        options={SHOWS}
        value={view.show}
        onChange={(show) => set.show(show ?? 'fits')}
      />
      <Select
        label="Metric"
        options={metrics.map(({ key, name, slice }) => ({
          id: key,
          label: slice === null ? name : `${name} where ${sliceLabel(slice)}`,
        }))}
        value={chosenMetric(history) || null}
        placeholder="None was measured"
        isDisabled={metrics.length === 0}
        onChange={(metric) => set.metric(metric ?? '')}
      />
    </div>
  );
}

/** The metric that was chosen, or that of most models. */
export function chosenMetric({ graph, view }: History): string {
  const metrics = metricsOf(graph);
  const chosen = metrics.find(({ key }) => key === view.metric);
  return (chosen ?? metrics[0])?.key ?? '';
}
