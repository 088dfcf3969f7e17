import { useMemo } from 'react';
import { Card } from '../../components/Card';
import { Checkbox } from '../../components/Checkbox';
import { Graph } from '../../components/graph/Graph';
import type { GraphEdge, GraphNode } from '../../components/graph/types';
import { formatInteger } from '../../lib/format';
import { useUrlState } from '../../lib/url';
import { toLineage } from './lineage';
import type { Detail } from './types';

/** Where a dataset came from and what came of it. */
export function LineageCard({ detail }: { detail: Detail }) {
  const [isWhole, setWhole] = useUrlState('steps', false);
  const { nodes, edges, hidden } = useMemo(() => toLineage(detail, isWhole), [detail, isWhole]);
  return (
    <Card
      title="Lineage"
      actions={
        (hidden > 0 || isWhole) && (
          <Checkbox isSelected={isWhole} onChange={setWhole}>
            Every step and part{hidden > 0 && ` (${formatInteger(hidden)} more)`}
          </Checkbox>
        )
      }
    >
      {edges.length === 0 ? (
        <p className="soft">Nothing is known of where it came from, and nothing came of it.</p>
      ) : (
        <div className="stack">
          <Graph
            nodes={nodes}
            edges={edges}
            label="Lineage: from sources on the left to models on the right"
            height={graphHeight(nodes, edges)}
          />
          <p className="soft small">
            Left: what it came from, down to the files. Right: what came of it, up to models. On the
            arrows: which rows were kept.
          </p>
        </div>
      )}
    </Card>
  );
}

const LANE = 66;

/** About as many lanes as there are ends on one side. */
function graphHeight(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): number {
  const from = new Set(edges.map((edge) => edge.from));
  const to = new Set(edges.map((edge) => edge.to));
  const ends = nodes.filter(({ id }) => !from.has(id)).length;
  const starts = nodes.filter(({ id }) => !to.has(id)).length;
  return Math.min(520, Math.max(200, Math.max(ends, starts) * LANE + 40));
}
