import { useMemo } from 'react';
import { EmptyState } from '../../components/EmptyState';
import type { StagesOf } from '../../lib/alignPipelines';
import { formatDuration } from '../../lib/format';
import { toFinite } from '../../lib/numbers';
import { useUrlState } from '../../lib/url';
import { columnFlow, leaves } from './columnFlow';
import { FlowPanel } from './FlowPanel';
import { StageCard } from './StageCard';

/** Every stage in order. A column that is picked is followed through them. */
export function SinglePipeline({
  pipeline,
  project,
}: {
  pipeline: StagesOf;
  project: string | undefined;
}) {
  const { stages } = pipeline;
  const [column, setColumn] = useUrlState('column', '');
  const flow = useMemo(
    () => (column === '' ? undefined : columnFlow(stages, column)),
    [stages, column],
  );
  const real = useMemo(() => leaves(stages), [stages]);
  const times = real.map((stage) => toFinite(stage.duration_ms) ?? 0);
  const pick = (name: string | null) => setColumn(name ?? '');

  if (stages.length === 0) {
    return (
      <EmptyState title="No stages were recorded">
        The fit may have failed before its first stage, or is still going on.
      </EmptyState>
    );
  }
  return (
    <div className="pipeline">
      <p className="soft">
        {real.length === 1 ? 'One stage' : `${real.length} stages`}, fitted in{' '}
        {formatDuration(times.reduce((sum, ms) => sum + ms, 0))}. Pick a column to see where it came
        from and where it goes.
      </p>
      {flow && (
        <FlowPanel flow={flow} stages={stages} project={project} onClose={() => pick(null)} />
      )}
      <ol className="stages">
        {stages.map((stage) => (
          <StageCard
            key={stage.path}
            stage={stage}
            isHolder={!real.includes(stage)}
            longest={times.reduce((most, ms) => Math.max(most, ms), 0)}
            project={project}
            flow={flow}
            onPick={pick}
          />
        ))}
      </ol>
    </div>
  );
}
