import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, type KeyboardEvent } from 'react';
import { Axis } from './Axis';
import { move } from './keys';
import { around, pan, zoom, type Span } from './scale';
import { TimelineRow } from './TimelineRow';
import type { Node } from './tree';

const ROW = 28;
const MAX_HEIGHT = 560;
const ZOOM = 2;

interface TimelineProps {
  rows: readonly Node[];
  closed: ReadonlySet<string>;
  onToggle: (id: string) => void;
  selected: string;
  onSelect: (id: string) => void;
  span: Span;
  whole: Span;
  zero: number;
  onSpan: (span: Span) => void;
}

/** Operations on a time axis, nested; only the rows in sight are in the document. */
export function Timeline(props: TimelineProps) {
  const { rows, closed, onToggle, selected, onSelect, span, whole, zero, onSpan } = props;
  const region = useRef<HTMLDivElement>(null);
  const ids = useId();
  const at = rows.findIndex(({ operation }) => operation.id === selected);
  // eslint-disable-next-line react-hooks/incompatible-library -- no React Compiler here
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => region.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  // A selection that comes from the address or from keys has to be in sight.
  const shown = useRef('');
  useEffect(() => {
    if (at < 0 || shown.current === selected) return;
    shown.current = selected;
    virtual.scrollToIndex(at);
  }, [at, selected, virtual]);

  function onKeyDown(event: KeyboardEvent) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const node = rows[at];
    if (event.shiftKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      onSpan(pan(span, event.key === 'ArrowLeft' ? -0.25 : 0.25, whole));
    } else if (event.key === '+' || event.key === '=') {
      onSpan(zoom(span, 1 / ZOOM, node ? middle(node, span) : centre(span), whole));
    } else if (event.key === '-') onSpan(zoom(span, ZOOM, centre(span), whole));
    else if (event.key === '0') onSpan(whole);
    else if (event.key === 'Enter' && node) onSpan(around(node, whole));
    else {
      const next = move(rows, closed, at, event.key, Math.floor(MAX_HEIGHT / ROW));
      if (!next) return;
      if (next.toggle !== undefined) onToggle(next.toggle);
      if (next.to !== undefined) onSelect(next.to);
    }
    event.preventDefault();
  }

  return (
    <div className="timeline">
      <div className="timeline-head">
        <div className="timeline-name">Operation</div>
        <Axis span={span} zero={zero} onSelect={onSpan} />
      </div>
      <div className="timeline-region" ref={region} style={{ maxHeight: MAX_HEIGHT }}>
        <div
          role="treegrid"
          aria-label="Timeline of operations"
          aria-rowcount={rows.length}
          aria-activedescendant={at < 0 ? undefined : `${ids}${at}`}
          aria-describedby={`${ids}keys`}
          tabIndex={0}
          className="timeline-body"
          style={{ height: virtual.getTotalSize() }}
          onKeyDown={onKeyDown}
        >
          {virtual.getVirtualItems().map((item) => {
            const node = rows[item.index];
            if (!node) return null;
            const { id } = node.operation;
            return (
              <TimelineRow
                key={id}
                id={`${ids}${item.index}`}
                node={node}
                index={item.index}
                top={item.start}
                span={span}
                zero={zero}
                isSelected={id === selected}
                isExpanded={node.children.length > 0 ? !closed.has(id) : undefined}
                onSelect={onSelect}
                onToggle={onToggle}
              />
            );
          })}
        </div>
      </div>
      <p id={`${ids}keys`} className="timeline-keys">
        Arrow keys move, open and close. Enter zooms to the selection, + and − zoom, 0 shows all,
        Shift with an arrow moves in time. Drag over the time axis to zoom.
      </p>
    </div>
  );
}

const centre = ({ from, to }: Span) => (from + to) / 2;

/** Of the part of an operation that is in sight; else of what is. */
function middle({ start, end }: Node, span: Span): number {
  const at = (Math.max(start, span.from) + Math.min(end, span.to)) / 2;
  return at >= span.from && at <= span.to ? at : centre(span);
}
