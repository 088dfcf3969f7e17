import { Link } from 'react-router';
import { Status } from '../../components/Badge';
import { ClassName } from '../../components/ClassName';
import { ErrorState } from '../../components/ErrorState';
import { Id } from '../../components/Id';
import { cut } from '../../components/Truncated';
import { Value } from '../../components/Value';
import { to } from '../../lib/links';
import { sinceStart } from './scale';
import { kindText, operationName, type Node } from './tree';

const NAME_MAX = 80;

interface OperationPanelProps {
  node: Node | undefined;
  project: string;
  zero: number;
}

/** All that is known of the selected operation. */
export function OperationPanel({ node, project, zero }: OperationPanelProps) {
  return (
    <section className="operation-panel" aria-labelledby="operation-title" aria-live="polite">
      {node ? (
        <Operation node={node} project={project} zero={zero} />
      ) : (
        <>
          <h3 id="operation-title">Operation</h3>
          <p className="soft">
            Choose an operation to see its Spark jobs, its time and its errors.
          </p>
        </>
      )}
    </section>
  );
}

function Operation({ node, project, zero }: { node: Node; project: string; zero: number }) {
  const { operation } = node;
  const { kind, status, error, role, detail, model_id: model } = operation;
  return (
    <>
      <div className="row">
        <h3 id="operation-title">
          <bdi>{cut(operationName(operation), NAME_MAX)}</bdi>
        </h3>
        {status && <Status status={status} />}
      </div>
      {error && <ErrorState what={`This ${kindText(kind)} failed`} error={error} />}
      <dl className="facts">
        <dt>What</dt>
        <dd>
          {kindText(kind)}
          {role && `, ${role}`}
        </dd>
        {operation.class && (
          <>
            <dt>Class</dt>
            <dd>
              <ClassName of={operation.class} />
            </dd>
          </>
        )}
        {kind === 'save' && detail && (
          <>
            <dt>Saved to</dt>
            <dd>
              <bdi>{detail}</bdi>
            </dd>
          </>
        )}
        {operation.value !== null && operation.value !== undefined && (
          <>
            <dt>Value</dt>
            <dd>
              <Value of={operation.value} digits={6} />
            </dd>
          </>
        )}
        {model && (
          <>
            <dt>Model</dt>
            <dd>
              <Link to={to.model(model, project)} title={model}>
                Open the model
              </Link>
            </dd>
          </>
        )}
        <dt>Started</dt>
        <dd>
          {sinceStart(Math.round(node.start - zero))} after the run,{' '}
          <Value of={operation.started_at} kind="time" />
        </dd>
        {node.end > node.start && (
          <>
            <dt>Took</dt>
            <dd>
              <Value of={Math.round(node.end - node.start)} kind="duration" />
              {node.isOpen && ' so far'}
            </dd>
          </>
        )}
        <dt>Id</dt>
        <dd>
          <Id of={operation.id} canCopy what="the id" />
        </dd>
      </dl>
      <Work node={node} />
    </>
  );
}

/** Spark's own work; of a pipeline or a search it is that of its parts. */
function Work({ node: { operation, children } }: { node: Node }) {
  if (operation.jobs === null || operation.jobs === undefined) {
    return (
      <p className="soft small">
        {children.length > 0
          ? 'Its Spark jobs are counted with the operations inside of it.'
          : 'No Spark job was counted for it.'}
      </p>
    );
  }
  const failed = operation.failed_tasks ?? 0;
  return (
    <dl className="facts">
      <dt>Spark jobs</dt>
      <dd>
        <Value of={operation.jobs} kind="integer" />
      </dd>
      <dt>Tasks</dt>
      <dd>
        <Value of={operation.tasks} kind="integer" />
        {failed > 0 && <span className="operation-failed">, {failed} failed</span>}
      </dd>
      <dt>Executor time</dt>
      <dd>
        <Value of={operation.executor_ms} kind="duration" />
      </dd>
      <dt>Read</dt>
      <dd>
        <Value of={operation.bytes_read} kind="bytes" />
      </dd>
      <dt>Shuffled</dt>
      <dd>
        <Value of={operation.shuffle_bytes} kind="bytes" />
      </dd>
    </dl>
  );
}
