import { useState, type PointerEvent } from 'react';
import { useExplorer } from '../context';
import { addFilter, removeFilter } from '../spec';
import type { Axis } from './axis';

const CATCH = 26;
/** Less is a click, which takes the filter away. */
const MIN_DRAG = 4;
const TICK_LENGTH = 16;

interface AxisBrushProps {
  axis: Axis;
  x: number;
  top: number;
  height: number;
  isLast: boolean;
}

/** An axis. Dragging along it filters; its button does the same without a mouse. */
export function AxisBrush({ axis, x, top, height, isLast }: AxisBrushProps) {
  const { spec, change } = useExplorer();
  const [drag, setDrag] = useState<[number, number]>();
  const filter = spec.filters.find(({ field, slice }) => field === axis.field.id && slice == null);
  const extent = drag ? [Math.min(...drag), Math.max(...drag)] : filter && axis.extent(filter.op);

  function place(event: PointerEvent<SVGElement>): number {
    const box = event.currentTarget.getBoundingClientRect();
    return 1 - (event.clientY - box.top) / box.height;
  }

  function end() {
    if (!drag) return;
    setDrag(undefined);
    const [low, high] = [snap(Math.min(...drag)), snap(Math.max(...drag))];
    if ((high - low) * height < MIN_DRAG) {
      if (filter) change(removeFilter(spec, filter));
      return;
    }
    const op = axis.between(low, high);
    if (op) change(addFilter(spec, { field: axis.field.id, op }));
  }

  return (
    <g transform={`translate(${x} ${top})`}>
      <line y2={height} className="parallel-axis" />
      {axis.ticks.map(({ at, label }) => (
        <g key={label} transform={`translate(0 ${(1 - at) * height})`} className="parallel-tick">
          <line x1={-4} x2={4} />
          <text x={isLast ? 9 : -9} dy="0.32em" textAnchor={isLast ? 'start' : 'end'}>
            {label.length > TICK_LENGTH ? `${label.slice(0, TICK_LENGTH - 1)}…` : label}
          </text>
        </g>
      ))}
      {extent?.[0] !== undefined && extent[1] !== undefined && (
        <rect
          className="parallel-brush"
          x={-7}
          width={14}
          y={(1 - extent[1]) * height}
          height={Math.max(2, (extent[1] - extent[0]) * height)}
        />
      )}
      <rect
        className="parallel-catch"
        x={-CATCH / 2}
        width={CATCH}
        height={height}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([place(event), place(event)]);
        }}
        onPointerMove={(event) => drag && setDrag([drag[0], place(event)])}
        onPointerUp={end}
        onPointerCancel={() => setDrag(undefined)}
      />
    </g>
  );
}

/** Nobody hits the end of an axis to the pixel. */
function snap(at: number): number {
  if (at < 0.03) return 0;
  return at > 0.97 ? 1 : at;
}
