import { Truncated } from '../../components/Truncated';
import { formatInteger } from '../../lib/format';
import type { Stage } from '../../lib/alignPipelines';
import { COLUMN_PARAMS, paramText, stageParams, type StageParam } from '../../lib/stages';

/** Parameters of a stage: what somebody set, and the defaults behind a disclosure. */
export function StageParams({ stage }: { stage: Stage }) {
  const { changed: set, rest, isKnown } = stageParams(stage);
  // The columns stand beside.
  const changed = set.filter(({ name }) => !COLUMN_PARAMS.has(name));
  const other = rest.filter(({ name }) => !COLUMN_PARAMS.has(name));
  if (changed.length + other.length === 0) return null;
  return (
    <div className="stage-params">
      <h3 className="chips-title">{isKnown ? 'Changed parameters' : 'Parameters'}</h3>
      {isKnown && changed.length === 0 && <p className="soft small">All are at their defaults.</p>}
      {changed.length > 0 && <ParamList params={changed} />}
      {!isKnown && <ParamList params={other} />}
      {isKnown && other.length > 0 && (
        <details>
          <summary className="soft small">
            {formatInteger(other.length)} {other.length === 1 ? 'default' : 'defaults'}
          </summary>
          <ParamList params={other} />
        </details>
      )}
    </div>
  );
}

export function ParamList({ params }: { params: readonly StageParam[] }) {
  return (
    <dl className="param-list">
      {params.map(({ name, value }) => (
        <div key={name}>
          <dt>
            <bdi>{name}</bdi>
          </dt>
          <dd>
            <Truncated>{paramText(value)}</Truncated>
          </dd>
        </div>
      ))}
    </dl>
  );
}
