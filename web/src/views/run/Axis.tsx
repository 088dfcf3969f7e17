import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { ticks, type Span } from './scale';

interface AxisProps {
  span: Span;
  /** The start of the run, from which the marks count. */
  zero: number;
  onSelect: (span: Span) => void;
}

/** Between two marks, so that their texts do not touch. */
const TICK_WIDTH = 72;
/** A drag of fewer pixels is a click. */
const MIN_DRAG = 4;

/** The time axis; dragging over it zooms to that part. The buttons do the same by keyboard. */
export function Axis({ span, zero, onSelect }: AxisProps) {
  const [drag, setDrag] = useState<{ from: number; to: number }>();
  const [width, setWidth] = useState(600);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const share = (event: PointerEvent) => {
    const { left, width } = box.current?.getBoundingClientRect() ?? { left: 0, width: 1 };
    return Math.min(1, Math.max(0, (event.clientX - left) / width));
  };
  const at = (part: number) => span.from + part * (span.to - span.from);

  return (
    <div
      className="timeline-axis"
      aria-hidden="true"
      ref={box}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: share(event), to: share(event) });
      }}
      onPointerMove={(event) => drag && setDrag({ ...drag, to: share(event) })}
      onPointerUp={(event) => {
        if (!drag) return;
        setDrag(undefined);
        const [a = 0, b = 0] = [drag.from, share(event)].sort((x, y) => x - y);
        if ((b - a) * width >= MIN_DRAG) onSelect({ from: at(a), to: at(b) });
      }}
    >
      {ticks(span, zero, Math.max(2, Math.floor(width / TICK_WIDTH))).map((tick) => (
        <span
          key={tick.at}
          className="timeline-tick"
          style={{ left: `${((tick.at - span.from) / (span.to - span.from)) * 100}%` }}
        >
          {tick.label}
        </span>
      ))}
      {drag && (
        <span
          className="timeline-drag"
          style={{
            left: `${Math.min(drag.from, drag.to) * 100}%`,
            width: `${Math.abs(drag.to - drag.from) * 100}%`,
          }}
        />
      )}
    </div>
  );
}
