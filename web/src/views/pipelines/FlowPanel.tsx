import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { get } from '../../api/query';
import { IconButton } from '../../components/Button';
import { ClassName } from '../../components/ClassName';
import { cut } from '../../components/Truncated';
import type { Stage } from '../../lib/alignPipelines';
import { to } from '../../lib/links';
import { stageNumber } from '../../lib/stages';
import { stepsFrom, stepsTo, type Flow, type Step } from './columnFlow';

interface FlowPanelProps {
  flow: Flow;
  stages: readonly Stage[];
  project: string | undefined;
  onClose: () => void;
}

const MAX_NAME = 120;

/** Where the chosen column came from and goes, in words. */
export function FlowPanel({ flow, stages, project, onClose }: FlowPanelProps) {
  const before = stepsFrom(stages, flow);
  const after = stepsTo(stages, flow);
  return (
    <section className="flow" aria-label={`Column ${cut(flow.column, MAX_NAME)}`}>
      <div className="flow-head">
        <h2>
          Column <bdi>{cut(flow.column, MAX_NAME)}</bdi>
        </h2>
        <IconButton icon="cross" label="Show no column" size="small" onPress={onClose} />
      </div>
      <dl className="facts" aria-live="polite">
        <dt>Comes from</dt>
        <dd>
          {before.length > 0 ? <Steps steps={before} /> : 'The data itself: no stage makes it.'}
        </dd>
        {flow.sources.length > 0 && (
          <>
            <dt>Data columns</dt>
            <dd>
              <Sources columns={flow.sources} project={project} />
            </dd>
          </>
        )}
        <dt>Goes to</dt>
        <dd>{after.length > 0 ? <Steps steps={after} /> : 'No stage reads it.'}</dd>
      </dl>
    </section>
  );
}

function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <ul>
      {steps.map(({ stage, columns }) => (
        <li key={stage.path}>
          <span className="soft">{stageNumber(stage.path)}</span> <ClassName of={stage.class} /> →{' '}
          <bdi>{cut(columns.join(', '), 2 * MAX_NAME)}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** Only columns of the sources have a page; one that was computed before the pipeline has none. */
function Sources({
  columns,
  project,
}: {
  columns: readonly string[];
  project: string | undefined;
}) {
  const query = project === undefined ? {} : { project };
  const known = useQuery(get('/api/v1/columns', { params: { query } }));
  const names = new Set(known.data?.map(({ column }) => column));
  return (
    <ul className="comma-list">
      {columns.map((column) => (
        <li key={column}>
          {names.has(column) && project !== undefined ? (
            <Link to={to.columns(project, column)} title={`All models that used ${column}`}>
              <bdi>{cut(column, MAX_NAME)}</bdi>
            </Link>
          ) : (
            <bdi>{cut(column, MAX_NAME)}</bdi>
          )}
        </li>
      ))}
    </ul>
  );
}
