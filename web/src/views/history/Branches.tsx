import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { Button } from '../../components/Button';
import { Card } from '../../components/Card';
import { Value } from '../../components/Value';
import { formatInteger } from '../../lib/format';
import { to } from '../../lib/links';
import { sliceLabel } from '../../query/fieldRef';
import { findForks, type Branch, type Fork } from './branches';
import { ChangeList } from './ChangeList';
import { DeltaBadge } from './DeltaBadge';
import { dataDetail, modelOf, workName } from './names';
import type { Work, WorkGraph } from './work';

const SHOWN_FORKS = 20;
const SHOWN_BRANCHES = 12;

interface BranchesProps {
  project: string;
  graph: WorkGraph;
  metric: string;
  onCompare: (a: string, b: string) => void;
}

/** Every fork, what each of its branches changed, and what that did to the metric. */
export function Branches({ project, graph, metric, onCompare }: BranchesProps) {
  const forks = useMemo(() => findForks(graph, metric), [graph, metric]);
  const [shown, setShown] = useState(SHOWN_FORKS);
  return (
    <Card title="Branches">
      {forks.length === 0 ? (
        <p className="soft">
          The work has not branched yet: fit the same data with another parameter or estimator, and
          both branches stand here.
        </p>
      ) : (
        <ol className="forks">
          {forks.slice(0, shown).map((fork) => (
            <ForkItem key={fork.at.state.state_id} {...{ project, fork, onCompare }} />
          ))}
        </ol>
      )}
      {forks.length > shown && (
        <Button onPress={() => setShown(forks.length)}>
          Show all {formatInteger(forks.length)} forks
        </Button>
      )}
    </Card>
  );
}

interface ForkItemProps {
  project: string;
  fork: Fork;
  onCompare: BranchesProps['onCompare'];
}

function ForkItem({ project, fork: { at, branches }, onCompare }: ForkItemProps) {
  const [shown, setShown] = useState(SHOWN_BRANCHES);
  const detail = at.state.kind === 'data' ? dataDetail(at.state) : undefined;
  return (
    <li className="fork">
      <h3>
        After <bdi>{workName(at)}</bdi>
        {detail !== undefined && (
          <span className="soft fork-detail"> ({detail.slice(0, 120)})</span>
        )}
        <span className="soft">: {formatInteger(branches.length)} branches</span>
      </h3>
      <ol className="branches">
        {branches.slice(0, shown).map((branch) => (
          <BranchItem key={branch.head.state.state_id} {...{ project, branch, onCompare }} />
        ))}
      </ol>
      {branches.length > shown && (
        <Button size="small" onPress={() => setShown(branches.length)}>
          Show all {formatInteger(branches.length)} branches
        </Button>
      )}
    </li>
  );
}

interface BranchItemProps {
  project: string;
  branch: Branch;
  onCompare: BranchesProps['onCompare'];
}

function BranchItem({ project, branch, onCompare }: BranchItemProps) {
  const { head, against, changes, best, delta } = branch;
  return (
    <li className="branch">
      <div className="branch-text">
        <WorkLink project={project} work={head} />
        {against ? (
          <ChangeList changes={changes} against={against} />
        ) : (
          <span className="soft"> the first branch</span>
        )}
      </div>
      <div className="branch-metric">
        {best ? (
          <span>
            <bdi className="soft">
              {best.work !== head && 'best '}
              {best.measured.name}
              {best.measured.slice !== null && ` where ${sliceLabel(best.measured.slice)}`}
            </bdi>{' '}
            <Value of={best.measured.value} />
          </span>
        ) : (
          <span className="soft">not measured</span>
        )}
        {delta && <DeltaBadge delta={delta} />}
        {against && (
          <Button
            size="small"
            variant="quiet"
            aria-label={`What differs between ${workName(against)} and ${workName(head)}`}
            onPress={() => {
              // The ends of the branches, where the metrics are, where there are any.
              onCompare(against.state.state_id, (best?.work ?? head).state.state_id);
            }}
          >
            What differs
          </Button>
        )}
      </div>
    </li>
  );
}

export function WorkLink({ project, work }: { project: string; work: Work }) {
  const model = modelOf(work);
  const name = <bdi title={work.state.class ?? undefined}>{workName(work)}</bdi>;
  return model === undefined ? name : <Link to={to.model(model, project)}>{name}</Link>;
}
