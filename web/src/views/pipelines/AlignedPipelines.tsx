import { useMemo } from 'react';
import { Link } from 'react-router';
import { Badge } from '../../components/Badge';
import { IconButton } from '../../components/Button';
import { Checkbox } from '../../components/Checkbox';
import { ClassName } from '../../components/ClassName';
import { EmptyState } from '../../components/EmptyState';
import { Id } from '../../components/Id';
import {
  alignPipelines,
  type AlignedRow,
  type RowStatus,
  type StagesOf,
} from '../../lib/alignPipelines';
import { to } from '../../lib/links';
import { COLUMN_PARAMS, stageParams } from '../../lib/stages';
import { useUrlState } from '../../lib/url';
import { AlignedCell } from './AlignedCell';
import { ParamList } from './StageParams';
import type { PipelineModel } from './usePipelineModels';

interface AlignedPipelinesProps {
  pipelines: readonly StagesOf[];
  project: string | undefined;
  modelOf: (id: string) => PipelineModel;
  onRemove: (id: string) => void;
}

/** Several pipelines side by side, a row for each stage. */
export function AlignedPipelines(props: AlignedPipelinesProps) {
  const { pipelines, project, modelOf, onRemove } = props;
  const [onlyDifferences, setOnlyDifferences] = useUrlState('differences', false);
  const { rows } = useMemo(() => alignPipelines(pipelines), [pipelines]);
  const shown = onlyDifferences ? rows.filter(({ status }) => status !== 'same') : rows;
  const count = (status: RowStatus) => rows.filter((row) => row.status === status).length;

  return (
    <div className="stack">
      <div className="row">
        <RowBadge status="same">{count('same')} same</RowBadge>
        <RowBadge status="differs">{count('differs')} differ</RowBadge>
        <RowBadge status="missing">{count('missing')} not in all</RowBadge>
        <Checkbox isSelected={onlyDifferences} onChange={setOnlyDifferences}>
          Only differences
        </Checkbox>
      </div>
      <div
        className="aligned-region"
        role="region"
        aria-label="Pipelines side by side"
        // It scrolls, so it takes the focus.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        <div
          role="table"
          aria-label="Pipelines side by side"
          className="aligned"
          style={{ ['--pipelines' as string]: pipelines.length }}
        >
          <div role="row" className="aligned-row aligned-head">
            <div role="columnheader">Stage</div>
            {pipelines.map(({ model_id }) => (
              <div role="columnheader" key={model_id}>
                <ModelHead model={modelOf(model_id)} project={project} />
                <IconButton
                  icon="cross"
                  label="Take this pipeline away"
                  size="small"
                  onPress={() => onRemove(model_id)}
                />
              </div>
            ))}
          </div>
          {shown.map((row, i) => (
            <Row key={i} row={row} pipelines={pipelines} project={project} modelOf={modelOf} />
          ))}
        </div>
      </div>
      {shown.length === 0 && rows.length > 0 && (
        <EmptyState title="No differences">
          All stages of these pipelines have the same classes, parameters and columns.
        </EmptyState>
      )}
      {rows.length === 0 && (
        <EmptyState title="No stages were recorded">
          None of these models has stages that could be compared.
        </EmptyState>
      )}
    </div>
  );
}

function ModelHead({ model, project }: { model: PipelineModel; project: string | undefined }) {
  return (
    <div>
      <Link to={to.model(model.id, model.project ?? project)}>
        <ClassName of={model.family ?? 'model'} />
      </Link>
      <div className="soft small">
        <Id of={model.id} />
      </div>
    </div>
  );
}

const STATUS = {
  same: { tone: 'good', icon: 'check' },
  differs: { tone: 'warn', icon: 'warning' },
  missing: { tone: 'info', icon: 'minus' },
} as const;

function RowBadge({ status, children }: { status: RowStatus; children: React.ReactNode }) {
  const { tone, icon } = STATUS[status];
  return (
    <Badge tone={tone} icon={icon}>
      {children}
    </Badge>
  );
}

interface RowProps {
  row: AlignedRow;
  pipelines: readonly StagesOf[];
  project: string | undefined;
  modelOf: (id: string) => PipelineModel;
}

function Row({ row, pipelines, project, modelOf }: RowProps) {
  const first = row.stages.find((stage) => stage !== null);
  const there = row.stages.filter((stage) => stage !== null).length;
  const shared =
    first && there > 1
      ? stageParams(first).changed.filter(
          ({ name }) => !row.differences.includes(name) && !COLUMN_PARAMS.has(name),
        )
      : [];
  const says = {
    same: 'same',
    differs: 'differs',
    missing: `in ${there} of ${row.stages.length}`,
  }[row.status];
  return (
    <div role="row" className="aligned-row" data-status={row.status}>
      <div role="rowheader" className="aligned-name">
        <strong style={{ paddingInlineStart: `${(first?.depth ?? 0) * 12}px` }}>
          <ClassName of={first?.class} />
        </strong>
        <RowBadge status={row.status}>{says}</RowBadge>
        {there > 1 && row.status === 'missing' && row.differences.length > 0 && (
          <RowBadge status="differs">differs</RowBadge>
        )}
        {shared.length > 0 && (
          <details>
            <summary className="soft small">
              {row.status === 'missing' ? 'the same where it is' : 'the same in all'}
            </summary>
            <ParamList params={shared} />
          </details>
        )}
      </div>
      {row.stages.map((stage, i) => {
        const id = pipelines[i]?.model_id ?? '';
        return (
          <div role="cell" key={id} data-missing={stage ? undefined : ''}>
            <span className="aligned-whose soft small" aria-hidden="true">
              <ClassName of={modelOf(id).family ?? 'model'} /> <Id of={id} />
            </span>
            <AlignedCell stage={stage} row={row} project={project} />
          </div>
        );
      })}
    </div>
  );
}
