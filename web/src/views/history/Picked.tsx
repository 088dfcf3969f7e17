import { useMemo } from 'react';
import { Button } from '../../components/Button';
import { Card } from '../../components/Card';
import { Select } from '../../components/Select';
import { Differences } from './Differences';
import { workName } from './names';
import { StateFacts } from './StateFacts';
import type { Work, WorkGraph } from './work';

interface PickedProps {
  project: string;
  graph: WorkGraph;
  picked: readonly string[];
  onPick: (picked: string[]) => void;
}

/** The states that were picked: one by itself, two by what differs. */
export function Picked({ project, graph, picked, onPick }: PickedProps) {
  const options = useMemo(
    () =>
      [...graph.works.values()]
        .filter(({ state }) => state.kind !== 'data')
        .reverse()
        .map((work) => ({
          id: work.state.state_id,
          label: workName(work),
          description: optionText(work),
        })),
    [graph],
  );
  const works = picked.flatMap((id) => graph.works.get(id) ?? []);
  const [a, b] = works;
  const choose = (at: number) => (id: string | null) => {
    const next = [...picked];
    if (id === null) next.splice(at, 1);
    else next[at] = id;
    onPick([...new Set(next)]);
  };
  return (
    <Card
      title={b ? 'What differs' : 'State'}
      actions={
        picked.length > 0 && (
          <Button size="small" variant="quiet" icon="cross" onPress={() => onPick([])}>
            Clear
          </Button>
        )
      }
    >
      <div className="stack">
        <div className="row history-toolbar">
          <Select
            label="First state"
            options={options}
            value={picked[0] ?? null}
            onChange={choose(0)}
            canBeEmpty
            placeholder="Pick in the graph or here"
          />
          <Select
            label="Second state"
            options={options}
            value={picked[1] ?? null}
            onChange={choose(1)}
            canBeEmpty
            isDisabled={!a}
            placeholder="Pick to compare"
          />
        </div>
        <div className="columns">
          {works.map((work) => (
            <StateFacts key={work.state.state_id} project={project} work={work} />
          ))}
        </div>
        {a && b && <Differences graph={graph} a={a} b={b} />}
      </div>
    </Card>
  );
}

function optionText({ state, metrics }: Work): string {
  const [first] = metrics;
  const parts = [state.first_at?.slice(0, 16).replace('T', ' ') ?? ''];
  if (first) parts.push(`${first.name} ${first.value.toPrecision(4)}`);
  return parts.join(' · ');
}
