import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { Link } from 'react-router';
import { IconButton } from '../Button';
import { layoutGraph, neighbour, type GraphLayout, type Placed } from './layout';
import type { GraphEdge, GraphNode } from './types';

interface GraphViewProps {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  label: string;
  height: number;
  onPick?: (id: string) => void;
  picked?: ReadonlySet<string>;
}

const STEP = 1.25;
const MIN_SCALE = 0.1;
const MAX_SCALE = 2;
/** Smaller than this nobody can read it: then it opens at a size to read, for scrolling. */
const MIN_FIT = 0.4;
const READABLE = 0.75;

const clamp = (scale: number) => Math.min(MAX_SCALE, Math.max(MIN_SCALE, scale));

/** Edges are SVG; nodes are HTML above it, so that they are real links with text that ellipsizes. */
export default function GraphView(props: GraphViewProps) {
  const { nodes, edges, label, height, onPick, picked } = props;
  const graph = useMemo(() => layoutGraph(nodes, edges), [nodes, edges]);
  const region = useRef<HTMLDivElement>(null);
  const [scale, setScale] = useState(1);
  const [isPart, setPart] = useState(false);
  const [active, setActive] = useState(nodes[0]?.id);
  const arrow = useId();

  /** All in sight; where that is smaller than `least`, a part that can be read. */
  function fit(least: number) {
    const box = region.current;
    if (!box || graph.width === 0) return;
    const whole = Math.min(1, box.clientWidth / graph.width, box.clientHeight / graph.height);
    setPart(whole < least);
    setScale(whole < least ? READABLE : clamp(whole));
  }
  const isNew = useRef(true);
  useLayoutEffect(() => {
    isNew.current = true;
    fit(MIN_FIT);
  }, [graph]); // eslint-disable-line react-hooks/exhaustive-deps
  // Only now is there something to scroll: where the graph begins goes to the middle.
  useEffect(() => {
    const box = region.current;
    const first = graph.nodes.values().next().value;
    if (!box || !first || !isNew.current) return;
    isNew.current = false;
    box.scrollTo(first.x * scale - box.clientWidth / 2, first.y * scale - box.clientHeight / 2);
  }, [graph, scale]);

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const id = (event.target as HTMLElement).dataset['node'];
    const next = id === undefined ? undefined : neighbour(graph, id, event.key);
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
    const target = region.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(next)}"]`);
    target?.focus({ preventScroll: true });
    target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  return (
    <div className="graph">
      <div className="graph-tools">
        {isPart && (
          <span className="soft small">A part of it: drag or scroll to see the rest.</span>
        )}
        <IconButton icon="minus" label="Zoom out" onPress={() => setScale(clamp(scale / STEP))} />
        <IconButton icon="plus" label="Zoom in" onPress={() => setScale(clamp(scale * STEP))} />
        <IconButton icon="fit" label="Show all" onPress={() => fit(0)} />
      </div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys come from the nodes; dragging only scrolls */}
      <div
        className="graph-region"
        role="group"
        aria-label={label}
        ref={region}
        style={{ height }}
        onKeyDown={onKeyDown}
        onPointerDown={pan}
      >
        <div style={{ width: graph.width * scale, height: graph.height * scale }}>
          <div className="graph-canvas" style={{ transform: `scale(${scale})` }}>
            <Edges graph={graph} arrow={arrow} />
            {[...graph.nodes.values()].map((placed) => (
              <Node
                key={placed.node.id}
                placed={placed}
                sources={sourcesOf(graph, placed.node.id)}
                isActive={placed.node.id === active}
                onPick={onPick}
                isPicked={picked?.has(placed.node.id) ?? false}
                onFocus={() => setActive(placed.node.id)}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

function Edges({ graph, arrow }: { graph: GraphLayout; arrow: string }) {
  return (
    <svg aria-hidden="true" width={graph.width} height={graph.height} className="graph-edges">
      <marker
        id={arrow}
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="7"
        markerHeight="7"
        orient="auto"
      >
        <path d="M0 0L8 4L0 8z" />
      </marker>
      {graph.edges.map(({ edge, path, x, y }, i) => (
        <g key={i}>
          <path className="graph-edge" d={path} markerEnd={`url(#${arrow})`} />
          {edge.label !== undefined && (
            <text x={x} y={y - 4} textAnchor="middle">
              {edge.title !== undefined && <title>{edge.title}</title>}
              {edge.label}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}

interface NodeProps {
  placed: Placed;
  /** Labels of the nodes that lead here, which those who do not see the edges have to hear. */
  sources: string[];
  isActive: boolean;
  onFocus: () => void;
  onPick: ((id: string) => void) | undefined;
  isPicked: boolean;
}

function Node({ placed, sources, isActive, onFocus, onPick, isPicked }: NodeProps) {
  const { node, x, y, width, height } = placed;
  const shared = {
    className: 'graph-node',
    'data-node': node.id,
    title: node.detail === undefined ? node.label : `${node.label}\n${node.detail}`,
    tabIndex: isActive ? 0 : -1,
    draggable: false,
    onFocus,
    ...(node.isCurrent && { 'aria-current': true as const }),
    style: {
      left: x - width / 2,
      top: y - height / 2,
      width,
      height,
      ...(node.category && { borderInlineStartColor: `var(--category-${node.category})` }),
    },
  };
  const content = (
    <>
      <bdi className="graph-label">{node.label}</bdi>
      {node.detail !== undefined && <bdi className="graph-detail">{node.detail}</bdi>}
      {sources.length > 0 && <span className="visually-hidden">, from {sources.join(', ')}</span>}
    </>
  );
  if (node.href === undefined && onPick) {
    return (
      <button type="button" {...shared} aria-pressed={isPicked} onClick={() => onPick(node.id)}>
        {content}
      </button>
    );
  }
  if (node.href === undefined) {
    return (
      <div role="group" {...shared}>
        {content}
      </div>
    );
  }
  return (
    <Link to={node.href} {...shared}>
      {content}
    </Link>
  );
}

const MAX_SOURCES = 3;

function sourcesOf(graph: GraphLayout, id: string): string[] {
  return graph.edges
    .filter(({ edge }) => edge.to === id)
    .slice(0, MAX_SOURCES)
    .map(({ edge }) => graph.nodes.get(edge.from)?.node.label ?? edge.from);
}

/** Dragging the background scrolls; nodes stay clickable, and touch screens scroll by themselves. */
function pan(event: PointerEvent<HTMLElement>) {
  const box = event.currentTarget;
  const onNode = (event.target as Element).closest('[data-node]');
  if (event.button !== 0 || event.pointerType === 'touch' || onNode) return;
  const start = { x: box.scrollLeft + event.clientX, y: box.scrollTop + event.clientY };
  box.setPointerCapture(event.pointerId);
  const move = (to: globalThis.PointerEvent) => {
    box.scrollLeft = start.x - to.clientX;
    box.scrollTop = start.y - to.clientY;
  };
  box.addEventListener('pointermove', move);
  box.addEventListener('lostpointercapture', () => box.removeEventListener('pointermove', move), {
    once: true,
  });
}
