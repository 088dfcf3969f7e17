import { useRef } from 'react';
import { useDrop, type DropItem } from 'react-aria-components';
import { Button, IconButton } from '../../components/Button';
import { CELL_TYPE, readCell } from '../../components/table/cellDrag';
import { filterText, onlyValue, scalarOf } from '../../query/filters';
import '../../components/models/models.css';
import { useExplorer } from './context';
import { droppedText, FIELD_TYPE, readField } from './fieldDrag';
import { useFilterEditing } from './filterEditing';
import { newFilter } from './newFilter';
import { removeFilter } from './spec';

/** The filters; takes fields, and cells of tables, which stand for their value. */
export function FilterShelf() {
  const { spec, change, fields, index } = useExplorer();
  const edit = useFilterEditing();
  const ref = useRef<HTMLDivElement>(null);
  const { dropProps, isDropTarget } = useDrop({
    ref,
    getDropOperation: (types, allowed) =>
      types.has(FIELD_TYPE) || types.has(CELL_TYPE) ? (allowed[0] ?? 'cancel') : 'cancel',
    onDrop: ({ items }) => void onDrop(items),
  });

  async function onDrop(items: readonly DropItem[]) {
    const dropped = readField(await droppedText(items, FIELD_TYPE));
    const field = dropped && index.get(dropped.field);
    if (field) {
      edit(newFilter(field));
      return;
    }
    const cell = readCell((await droppedText(items, CELL_TYPE)) ?? '');
    if (!cell) return;
    const value = scalarOf(cell.value, fields.kind(cell.field));
    if (value !== undefined) {
      change({ ...spec, filters: onlyValue(spec.filters, cell.field, value) });
    }
  }

  return (
    <div
      {...dropProps}
      ref={ref}
      className="shelf"
      data-wide=""
      role="group"
      aria-label="Filters shelf"
      tabIndex={-1}
      data-drop-target={isDropTarget || undefined}
    >
      <span className="shelf-label" aria-hidden="true">
        Filters
      </span>
      <div className="row shelf-filters">
        {spec.filters.map((filter, i) => {
          const text = filterText(filter, fields);
          return (
            <span key={`${i} ${JSON.stringify(filter)}`} className="filter-chip">
              <Button size="small" variant="quiet" onPress={() => edit(filter)}>
                <bdi className="filter-text" title={text.slice(0, 2000)}>
                  {text.slice(0, 300)}
                </bdi>
              </Button>
              <IconButton
                icon="cross"
                size="small"
                label={`Remove filter: ${text.slice(0, 100)}`}
                onPress={() => change(removeFilter(spec, filter))}
              />
            </span>
          );
        })}
        <Button size="small" variant="quiet" icon="plus" onPress={() => edit(null)}>
          Add filter
        </Button>
      </div>
    </div>
  );
}
