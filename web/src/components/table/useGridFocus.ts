import { useLayoutEffect, useRef, useState, type FocusEvent, type KeyboardEvent } from 'react';
import { cellAt, cellName, focusTarget, moveBy, rove, type CellPosition } from './gridKeys';

interface GridFocusOptions {
  rows: number;
  columns: number;
  /** Brings a row into the document. */
  scrollToRow: (row: number) => void;
  pageSize: () => number;
}

/** The one cell of a grid that is in the tab order, and the keys that move it. */
export function useGridFocus({ rows, columns, scrollToRow, pageSize }: GridFocusOptions) {
  const grid = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<CellPosition>({ row: -1, column: 0 });
  // A row that is scrolled to is in the document only some renders later.
  const wanted = useRef<CellPosition | null>(null);

  useLayoutEffect(() => {
    if (!grid.current) return;
    rove(grid.current, active);
    if (!wanted.current) return;
    const name = cellName(wanted.current);
    const cell = grid.current.querySelector<HTMLElement>(`[data-cell="${name}"]`);
    if (!cell) return;
    // A row that is not read yet hands the focus on to the one that takes its place.
    if (!isPlaceholder(cell)) wanted.current = null;
    if (cell.contains(document.activeElement)) return;
    focusTarget(cell).focus({ preventScroll: true });
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.shiftKey || event.altKey || isTyping(event.target)) return;
    const at = cellAt(event.target as Element);
    if (!at) return;
    const to = moveBy(event, at, { rows, columns, page: pageSize() });
    if (!to) return;
    event.preventDefault();
    wanted.current = to;
    setActive(to);
    if (to.row >= 0) scrollToRow(to.row);
  }

  function onFocus(event: FocusEvent<HTMLElement>) {
    const at = cellAt(event.target);
    if (at && cellName(at) !== cellName(active)) setActive(at);
  }

  /** Somebody who went elsewhere is not called back; an element that vanished leads nowhere. */
  function onBlur({ relatedTarget }: FocusEvent<HTMLElement>) {
    if (relatedTarget && !grid.current?.contains(relatedTarget)) wanted.current = null;
  }

  return { grid, active, onKeyDown, onFocus, onBlur };
}

const isPlaceholder = (cell: HTMLElement) =>
  cell.closest('[aria-busy="true"][role="row"]') !== null;

function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLInputElement && !['checkbox', 'radio'].includes(target.type);
}
