import { Button } from '../../components/Button';
import { EmptyState } from '../../components/EmptyState';
import type { Shown } from './projectList';

const ATTACH = `spark-submit \\
  --driver-java-options -javaagent:modeldb-spark-bridge.jar \\
  your_job.py

# or, with a class of the bridge as a listener
spark-submit \\
  --jars modeldb-spark-bridge.jar \\
  --conf spark.extraListeners=io.modeldb.spark.ModelDBListener \\
  your_job.py`;

export function NoProjects() {
  return (
    <EmptyState title="No projects yet" code={ATTACH}>
      Attach ModelDB to a Spark job; its code stays as it is. A project appears here while the job
      runs, named after the application (or after <code>spark.modeldb.project</code>).
    </EmptyState>
  );
}

interface NothingFoundProps {
  shown: Shown;
  search: string;
  onClear: () => void;
  onShow: (shown: Shown) => void;
}

export function NothingFound({ shown, search, onClear, onShow }: NothingFoundProps) {
  // Small, because what was searched for may be among the columns and models above.
  if (search !== '') {
    return (
      <p className="row soft">
        No {shown} project matches: names, goals, owners, tags, families, people and data are
        searched.
        <Button size="small" onPress={onClear}>
          Clear the search
        </Button>
      </p>
    );
  }
  const other = shown === 'active' ? 'archived' : 'active';
  return (
    <EmptyState
      title={`No ${shown} project`}
      actions={<Button onPress={() => onShow(other)}>Show {other} projects</Button>}
    />
  );
}
