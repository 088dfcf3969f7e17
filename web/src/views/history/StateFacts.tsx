import { Link } from 'react-router';
import { ClassName } from '../../components/ClassName';
import { Id } from '../../components/Id';
import { Truncated } from '../../components/Truncated';
import { Value } from '../../components/Value';
import { formatInteger } from '../../lib/format';
import { to } from '../../lib/links';
import { sliceLabel } from '../../query/fieldRef';
import { dataDetail, modelOf, workName } from './names';
import type { Work } from './work';

/** What is known of one state. */
export function StateFacts({ project, work }: { project: string; work: Work }) {
  const { state, outer, metrics } = work;
  const model = modelOf(work);
  return (
    <div className="stack state-facts">
      <h3>
        <bdi>{workName(work)}</bdi>
      </h3>
      <dl className="facts">
        {model !== undefined && (
          <>
            <dt>Model</dt>
            <dd>
              <Id of={model} href={to.model(model, project)} canCopy what="model id" />
            </dd>
          </>
        )}
        {outer.map(({ state_id, class: name }) => (
          <Inside key={state_id} name={name ?? null} />
        ))}
        {state.kind === 'data' && (
          <>
            <dt>From</dt>
            <dd>
              <Truncated>{state.name ?? 'unknown'}</Truncated>
            </dd>
            <dt>Made by</dt>
            <dd>
              <Truncated>{dataDetail(state) ?? 'reading'}</Truncated>
            </dd>
          </>
        )}
        {state.kind === 'data' && state.subject_id != null && (
          <>
            <dt>Dataset</dt>
            <dd>
              <Id of={state.subject_id} href={to.dataset(state.subject_id, project)} canCopy />
            </dd>
          </>
        )}
        {state.run_id != null && (
          <>
            <dt>Run</dt>
            <dd>
              <Link to={to.run(state.run_id, project)} title={state.run_id}>
                {state.run_id.slice(0, 8)}
              </Link>
              {state.runs > 1 && ` and ${formatInteger(state.runs - 1)} more`}
            </dd>
          </>
        )}
        <dt>Done</dt>
        <dd>
          <Value of={state.last_at} kind="time" />
          {state.actions > 1 && `, ${formatInteger(state.actions)} times in all`}
        </dd>
        {metrics.map(({ key, name, slice, value }) => (
          <MetricFact key={key} name={name} slice={slice} value={value} />
        ))}
        <dt>State</dt>
        <dd>
          <Id of={state.state_id} canCopy what="state id" />
        </dd>
      </dl>
    </div>
  );
}

function Inside({ name }: { name: string | null }) {
  return (
    <>
      <dt>Inside</dt>
      <dd>
        <ClassName of={name} />
      </dd>
    </>
  );
}

function MetricFact({ name, slice, value }: { name: string; slice: string | null; value: number }) {
  return (
    <>
      <dt>
        <bdi>{name}</bdi>
        {slice !== null && <span className="small"> where {sliceLabel(slice)}</span>}
      </dt>
      <dd>
        <Value of={value} />
      </dd>
    </>
  );
}
