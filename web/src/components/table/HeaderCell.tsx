import type { KeyboardEvent, PointerEvent } from 'react';
import { Icon } from '../Icon';
import { MIN_WIDTH } from './columns';

interface HeaderCellProps {
  label: string;
  description?: string | undefined;
  /** Its number among the columns, from 0. */
  index: number;
  align: 'start' | 'end';
  sorted: 'ascending' | 'descending' | 'none' | undefined;
  onSort: () => void;
  onResize: (width: number) => void;
}

const KEYBOARD_STEP = 16;

/** A column's header: press to sort, drag its edge or press Shift and an arrow to resize. */
export function HeaderCell(props: HeaderCellProps) {
  const { label, description, index, align, sorted, onSort, onResize } = props;

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (!event.shiftKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
    event.preventDefault();
    const step = event.key === 'ArrowLeft' ? -KEYBOARD_STEP : KEYBOARD_STEP;
    onResize(Math.max(MIN_WIDTH, event.currentTarget.offsetWidth + step));
  }

  const text = <span className="table-header-text">{label}</span>;
  return (
    <div
      role="columnheader"
      className="table-cell"
      data-cell={`-1:${index}`}
      data-align={align}
      aria-colindex={index + 1}
      aria-sort={sorted}
      tabIndex={-1}
      title={description ?? label}
      onKeyDown={onKeyDown}
    >
      {sorted === undefined ? (
        text
      ) : (
        <button type="button" className="table-sort" onClick={onSort}>
          {text}
          {sorted !== 'none' && (
            <Icon name={sorted === 'ascending' ? 'arrow-up' : 'arrow-down'} size={12} />
          )}
        </button>
      )}
      <span className="table-resize" aria-hidden="true" onPointerDown={(e) => drag(e, onResize)} />
    </div>
  );
}

function drag(event: PointerEvent<HTMLElement>, onResize: (width: number) => void) {
  const handle = event.currentTarget;
  const start = (handle.parentElement?.offsetWidth ?? 0) - event.clientX;
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  const move = ({ clientX }: globalThis.PointerEvent) =>
    onResize(Math.max(MIN_WIDTH, start + clientX));
  handle.addEventListener('pointermove', move);
  handle.addEventListener(
    'lostpointercapture',
    () => handle.removeEventListener('pointermove', move),
    {
      once: true,
    },
  );
}
