import { useCallback, useMemo } from 'react';
import { Button } from '../../components/Button';
import { Card } from '../../components/Card';
import { Graph } from '../../components/graph/Graph';
import { formatInteger } from '../../lib/format';
import { Branches } from './Branches';
import { drawGraph } from './drawing';
import { Picked } from './Picked';
import { chosenMetric } from './Toolbar';
import type { History } from './useHistory';

const HEIGHT = 440;

export function HistoryView({ project, history }: { project: string; history: History }) {
  const { graph, fits, count, view, set } = history;
  const metric = chosenMetric(history);
  const unfolded = useMemo(() => new Set(view.unfolded), [view.unfolded]);
  const drawing = useMemo(() => drawGraph(graph, metric, unfolded), [graph, metric, unfolded]);
  const picked = useMemo(
    () => view.picked.filter((id) => graph.works.has(id)),
    [view.picked, graph],
  );
  const pickedSet = useMemo(() => new Set(picked), [picked]);

  const pick = useCallback(
    (node: string) => {
      const chain = drawing.chains.get(node);
      if (chain !== undefined) set.unfolded([...view.unfolded, chain]);
      else set.picked(nextPicked(picked, node));
    },
    [drawing, picked, set, view.unfolded],
  );

  return (
    <div className="history">
      <Card
        title="States"
        actions={
          <>
            <span className="soft small">
              {formatInteger(drawing.nodes.length)} shown of {formatInteger(count)}
            </span>
            {view.unfolded.length > 0 && (
              <Button size="small" onPress={() => set.unfolded([])}>
                Fold chains
              </Button>
            )}
          </>
        }
      >
        <p className="soft small history-hint">
          Pick a state to see it, and a second one to see what differs. ▲ is better than the first
          branch, ▼ worse.
        </p>
        <Graph
          nodes={drawing.nodes}
          edges={drawing.edges}
          label="States of the project, from the data to the models"
          height={HEIGHT}
          onPick={pick}
          picked={pickedSet}
        />
      </Card>
      <Picked project={project} graph={graph} picked={picked} onPick={set.picked} />
      <Branches
        project={project}
        graph={fits}
        metric={metric}
        onCompare={(a, b) => set.picked([a, b])}
      />
    </div>
  );
}

/** A third choice begins anew; what is picked already is put back. */
export function nextPicked(picked: readonly string[], id: string): string[] {
  if (picked.includes(id)) return picked.filter((one) => one !== id);
  return picked.length < 2 ? [...picked, id] : [id];
}
