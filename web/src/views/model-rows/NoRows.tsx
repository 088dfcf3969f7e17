import { Link } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { to } from '../../lib/links';

interface NoRowsProps {
  modelId: string;
  /** What the model was fitted inside of: that may have scored rows. */
  parentId: string | undefined;
  project: string | undefined;
}

/** Why there is nothing to see, and how to change that. */
export function NoRows({ modelId, parentId, project }: NoRowsProps) {
  return (
    <EmptyState
      title="No scored rows were sampled"
      code={
        'spark-submit \\\n' +
        '  --conf spark.modeldb.sample.mode=cheap \\\n' +
        '  --conf spark.modeldb.predictions.rows=1000 …'
      }
      actions={
        <>
          <Link to={to.model(modelId, project)}>Back to the model</Link>
          {parentId !== undefined && (
            <Link to={to.modelRows(parentId, project)}>Rows of what it is a part of</Link>
          )}
        </>
      }
    >
      <p>
        Rows are sampled when a job evaluates what this model scored, and only where sampling is on.
        Set <code>spark.modeldb.sample.mode</code> to <code>cheap</code> or <code>always</code>: it
        is <code>off</code> unless the agent runs on the same machine.{' '}
        <code>spark.modeldb.sample.exclude</code> keeps columns out.
      </p>
    </EmptyState>
  );
}
