import { Link } from 'react-router';
import { ClassName } from '../../components/ClassName';
import { Id } from '../../components/Id';
import { Truncated } from '../../components/Truncated';
import { Value } from '../../components/Value';
import { formatDuration } from '../../lib/format';
import { to } from '../../lib/links';
import { toFinite } from '../../lib/numbers';
import { Columns } from './Columns';
import type { ModelDetail } from './useModel';

const ROLES: Record<string, string> = {
  top: 'asked for by the job',
  stage: 'a stage',
  candidate: 'a candidate of a search',
  fold: 'a fold of a search',
  best: 'the best of a search',
};

/** Who made the model, when, of what, inside what. */
export function ModelFacts({ detail }: { detail: ModelDetail }) {
  const { model, run } = detail;
  const { project } = model;
  return (
    <div className="model-facts">
      <dl className="facts">
        <dt>Project</dt>
        <dd>
          <Link to={to.models(project)}>
            <Truncated>{project}</Truncated>
          </Link>
        </dd>
        <dt>Run</dt>
        <dd>
          <Link to={to.run(model.run_id, project)} title={model.run_id}>
            <Truncated>{run?.name ?? model.run_id}</Truncated>
          </Link>
        </dd>
        {model.experiment && (
          <>
            <dt>Experiment</dt>
            <dd>
              <Truncated>{model.experiment}</Truncated>
            </dd>
          </>
        )}
        {run?.user && (
          <>
            <dt>User</dt>
            <dd>
              <Truncated>{run.user}</Truncated>
            </dd>
          </>
        )}
        {run?.framework && (
          <>
            <dt>Framework</dt>
            <dd>
              <Truncated>{`${run.framework} ${run.framework_version ?? ''}`}</Truncated>
            </dd>
          </>
        )}
        {run?.code_version && (
          <>
            <dt>Code</dt>
            <dd>
              <Id of={run.code_version} canCopy what="code version" />
            </dd>
          </>
        )}
      </dl>
      <dl className="facts">
        <dt>Started</dt>
        <dd>
          <Value of={model.started_at} kind="time" />
        </dd>
        <dt>Took</dt>
        <dd>
          <Duration detail={detail} />
        </dd>
        {model.problem_type && (
          <>
            <dt>Problem</dt>
            <dd>{model.problem_type}</dd>
          </>
        )}
        <dt>Class</dt>
        <dd>
          <ClassName of={model.model_class ?? model.estimator} />
        </dd>
        {model.role && model.role !== 'top' && (
          <>
            <dt>Is</dt>
            <dd className="row">
              <span>{ROLES[model.role] ?? model.role}</span>
              {model.parent_model_id && (
                <>
                  <span>of</span>
                  <Id of={model.parent_model_id} href={to.model(model.parent_model_id, project)} />
                </>
              )}
            </dd>
          </>
        )}
      </dl>
      <dl className="facts">
        <dt>Learnt from</dt>
        <dd>
          {model.dataset_id ? (
            <Id of={model.dataset_id} href={to.dataset(model.dataset_id, project)} />
          ) : (
            <span className="soft">not recorded</span>
          )}
        </dd>
        {model.label_column && (
          <>
            <dt>Predicts</dt>
            <dd>
              <Columns names={[model.label_column]} project={project} isPlain />
            </dd>
          </>
        )}
        <dt>Source columns</dt>
        <dd>
          <Columns names={model.source_columns ?? []} project={project} />
        </dd>
      </dl>
    </div>
  );
}

function Duration({ detail: { model } }: { detail: ModelDetail }) {
  const ms = toFinite(model.duration_ms);
  if (ms !== undefined) return <Value of={ms} kind="duration" />;
  const since = model.started_at ? Date.parse(model.started_at) : NaN;
  if (model.status === 'running' && !Number.isNaN(since)) {
    // eslint-disable-next-line react-hooks/purity -- an age is as of when it is looked at
    return <>{formatDuration(Math.max(0, Date.now() - since))} so far</>;
  }
  return <span className="soft">not recorded</span>;
}
