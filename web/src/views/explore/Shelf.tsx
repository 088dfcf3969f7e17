import { useRef } from 'react';
import { useDrop } from 'react-aria-components';
import { useExplorer } from './context';
import { droppedText, FIELD_TYPE, readField } from './fieldDrag';
import { ShelfItem } from './ShelfItem';
import { ShelfPicker } from './ShelfPicker';
import { move, put, SHELF_LABELS, type ShelfId } from './spec';

/** A place for one field: takes what is dropped, and offers a list for those who do not drag. */
export function Shelf({ shelf }: { shelf: ShelfId }) {
  const { spec, change, index } = useExplorer();
  const ref = useRef<HTMLDivElement>(null);
  const { dropProps, isDropTarget } = useDrop({
    ref,
    getDropOperation: (types, allowed) =>
      types.has(FIELD_TYPE) ? (allowed[0] ?? 'cancel') : 'cancel',
    onDrop: ({ items }) => {
      void droppedText(items, FIELD_TYPE).then((text) => {
        const dropped = readField(text);
        if (!dropped) return;
        if (dropped.from) change(move(spec, dropped.from, shelf));
        else if (index.has(dropped.field)) change(put(spec, shelf, { field: dropped.field }));
      });
    },
  });
  const item = spec.shelves[shelf];

  return (
    <div
      {...dropProps}
      ref={ref}
      className="shelf"
      role="group"
      aria-label={`${SHELF_LABELS[shelf]} shelf`}
      // Focused by the drag manager while something is dragged by keyboard.
      tabIndex={-1}
      data-drop-target={isDropTarget || undefined}
    >
      <span className="shelf-label" aria-hidden="true">
        {SHELF_LABELS[shelf]}
      </span>
      {item ? <ShelfItem shelf={shelf} item={item} /> : <ShelfPicker shelf={shelf} />}
    </div>
  );
}
