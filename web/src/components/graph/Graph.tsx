import { lazy, Suspense } from 'react';
import { Loading } from '../Loading';
import './Graph.css';
import type { GraphEdge, GraphNode } from './types';

// dagre is needed by the views with graphs only.
const GraphView = lazy(() => import('./GraphView'));

const DEFAULT_HEIGHT = 420;

export interface GraphProps {
  /** Memoised: a new array is a new layout, half a second for five hundred nodes. */
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  /** What it shows, for those who do not see it. */
  label: string;
  height?: number;
  /** Makes buttons of nodes without `href`. */
  onPick?: (id: string) => void;
  /** Nodes that are picked. A new set is no new layout. */
  picked?: ReadonlySet<string>;
}

/** A directed graph, left to right. Arrow keys go from node to node. */
export function Graph({ height = DEFAULT_HEIGHT, ...rest }: GraphProps) {
  return (
    <div style={{ minHeight: height }}>
      <Suspense fallback={<Loading what="Drawing" />}>
        <GraphView {...rest} height={height} />
      </Suspense>
    </div>
  );
}
