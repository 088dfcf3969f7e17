import { useEffect, useRef, useState, type RefObject } from 'react';
import { CELL_TYPE, readCell, type CellPayload } from '../../components/table/cellDrag';

export type DragState = 'none' | 'under-way' | 'over';

/**
 * Takes cells that are dropped on an element, and says when one is on its way, so that the place
 * can show itself. With listeners rather than props: dropping needs no role, because the menu of a
 * cell does the same.
 */
export function useCellDrop(
  target: RefObject<HTMLElement | null>,
  onDrop: (cell: CellPayload) => void,
): DragState {
  const [state, setState] = useState<DragState>('none');
  const drop = useRef(onDrop);
  useEffect(() => {
    drop.current = onDrop;
  });
  useEffect(() => {
    const element = target.current;
    if (!element) return;
    const listen = new AbortController();
    const { signal } = listen;
    const isCell = (event: DragEvent) => event.dataTransfer?.types.includes(CELL_TYPE) === true;
    document.addEventListener('dragstart', (event) => isCell(event) && setState('under-way'), {
      signal,
    });
    document.addEventListener('dragend', () => setState('none'), { signal });
    element.addEventListener(
      'dragover',
      (event) => {
        if (!isCell(event)) return;
        event.preventDefault();
        setState('over');
      },
      { signal },
    );
    element.addEventListener(
      'dragleave',
      (event) => {
        // Leaving a part of the element for another is not leaving it.
        const into = event.relatedTarget;
        if (!(into instanceof Node && element.contains(into))) setState('under-way');
      },
      { signal },
    );
    element.addEventListener(
      'drop',
      (event) => {
        const cell = readCell(event.dataTransfer?.getData(CELL_TYPE) ?? '');
        setState('none');
        if (!cell) return;
        event.preventDefault();
        drop.current(cell);
      },
      { signal },
    );
    return () => listen.abort();
  }, [target]);
  return state;
}
