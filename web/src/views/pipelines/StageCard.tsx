import { Link } from 'react-router';
import { ClassName } from '../../components/ClassName';
import { Icon } from '../../components/Icon';
import { formatDuration } from '../../lib/format';
import type { Stage } from '../../lib/alignPipelines';
import { to } from '../../lib/links';
import { toFinite } from '../../lib/numbers';
import { stageNumber } from '../../lib/stages';
import { ColumnChips } from './ColumnChips';
import type { Flow } from './columnFlow';
import { StageParams } from './StageParams';

interface StageCardProps {
  stage: Stage;
  /** It only holds the stages that follow. */
  isHolder: boolean;
  /** What the longest stage took, in milliseconds. */
  longest: number;
  project: string | undefined;
  flow: Flow | undefined;
  onPick: (column: string | null) => void;
}

export function StageCard({ stage, isHolder, longest, project, flow, onPick }: StageCardProps) {
  const isOff = flow !== undefined && !isHolder && !flow.stages.has(stage.path);
  return (
    <li
      className="stage"
      data-off={isOff ? '' : undefined}
      style={{ ['--depth' as string]: stage.depth }}
    >
      <div className="stage-head">
        <span className="stage-number">{stageNumber(stage.path)}</span>
        <h2 className="stage-name" title={stage.uid ?? undefined}>
          <ClassName of={stage.class} />
        </h2>
        {stage.model_id !== null && stage.model_id !== undefined ? (
          <Link to={to.model(stage.model_id, project)} className="small">
            its model
            <span className="visually-hidden"> of stage {stageNumber(stage.path)}</span>
          </Link>
        ) : (
          <span className="soft small">learns nothing</span>
        )}
        <StageTime ms={toFinite(stage.duration_ms)} longest={longest} />
      </div>
      {isHolder ? (
        <p className="soft small">A pipeline of its own: its stages follow.</p>
      ) : (
        <div className="stage-body">
          <ColumnChips label="In" columns={stage.input_columns} flow={flow} onPick={onPick} />
          <span className="stage-arrow" aria-hidden="true">
            <Icon name="chevron-right" />
          </span>
          <ColumnChips label="Out" columns={stage.output_columns} flow={flow} onPick={onPick} />
          <StageParams stage={stage} />
        </div>
      )}
    </li>
  );
}

function StageTime({ ms, longest }: { ms: number | undefined; longest: number }) {
  if (ms === undefined) return null;
  const share = longest > 0 ? (ms / longest) * 100 : 0;
  return (
    <span className="stage-time" title="Time to fit">
      <span className="bar" aria-hidden="true">
        <span style={{ width: `${Math.max(1, share).toFixed(1)}%` }} />
      </span>
      <span className="visually-hidden">Took </span>
      {formatDuration(ms)}
    </span>
  );
}
