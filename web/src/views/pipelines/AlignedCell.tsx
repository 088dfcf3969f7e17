import { Link } from 'react-router';
import { Icon } from '../../components/Icon';
import { Truncated } from '../../components/Truncated';
import {
  inputColumn,
  outputColumn,
  withoutUids,
  type AlignedRow,
  type Stage,
} from '../../lib/alignPipelines';
import { formatDuration } from '../../lib/format';
import { to } from '../../lib/links';
import { shortClass } from '../../lib/names';
import { toFinite } from '../../lib/numbers';
import { COLUMN_PARAMS, paramText, stageParams } from '../../lib/stages';
import { ParamList } from './StageParams';

interface AlignedCellProps {
  stage: Stage | null;
  row: AlignedRow;
  project: string | undefined;
}

/** A stage in its row: what it has that others have not, or have otherwise. */
export function AlignedCell({ stage, row, project }: AlignedCellProps) {
  if (!stage) {
    return (
      <span className="aligned-missing">
        <Icon name="minus" size={12} /> not in this pipeline
      </span>
    );
  }
  const ms = toFinite(stage.duration_ms);
  const names = new Set(row.differences);
  const params = row.differences.filter((name) => isParam(name, row));
  const inputs = onlyHere(stage.input_columns, inputColumn, names);
  const outputs = onlyHere(stage.output_columns, outputColumn, names);
  const isAlone = row.stages.filter((other) => other !== null).length === 1;
  const own = isAlone
    ? stageParams(stage).changed.filter(({ name }) => !COLUMN_PARAMS.has(name))
    : [];
  return (
    <div className="aligned-stage">
      {isAlone && <span className="aligned-same soft">only here</span>}
      {own.length > 0 && <ParamList params={own} />}
      {!isAlone && names.size === 0 && (
        <span className="aligned-same">
          <Icon name="check" size={12} /> same
        </span>
      )}
      {params.map((name) => (
        <Difference key={name} name={name} value={valueOf(stage, name)} />
      ))}
      {inputs.length > 0 && <Difference name="reads also" value={inputs.join(', ')} />}
      {outputs.length > 0 && <Difference name="writes" value={outputs.join(', ')} />}
      {names.has('order of input columns') && (
        <Difference name="reads" value={(stage.input_columns ?? []).join(', ')} />
      )}
      <div className="aligned-foot soft small">
        {stage.model_id !== null && stage.model_id !== undefined ? (
          <Link to={to.model(stage.model_id, project)}>
            its model
            <span className="visually-hidden"> of {shortClass(stage.class ?? 'stage')}</span>
          </Link>
        ) : (
          <span>learns nothing</span>
        )}
        {ms !== undefined && <span>{formatDuration(ms)}</span>}
      </div>
    </div>
  );
}

function Difference({ name, value }: { name: string; value: string }) {
  return (
    <div className="difference">
      <span className="soft">
        <bdi>{name}</bdi>
      </span>
      <mark>
        <Truncated>{value}</Truncated>
      </mark>
    </div>
  );
}

function isParam(name: string, row: AlignedRow): boolean {
  return row.stages.some((stage) => stage?.params && name in stage.params);
}

function valueOf(stage: Stage, name: string): string {
  if (!stage.params) return 'not recorded';
  const value = stage.params[name];
  return value === undefined ? 'not set' : paramText(value);
}

function onlyHere(
  columns: readonly string[] | null | undefined,
  say: (name: string) => string,
  names: ReadonlySet<string>,
): string[] {
  return (columns ?? []).filter((name) => names.has(say(withoutUids(name))));
}
