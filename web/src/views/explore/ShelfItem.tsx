import { Button as AriaButton, useDrag } from 'react-aria-components';
import { Button, IconButton } from '../../components/Button';
import { Icon } from '../../components/Icon';
import { Popover } from '../../components/Popover';
import { useExplorer } from './context';
import { dragItem } from './fieldDrag';
import { ItemSettings } from './ItemSettings';
import { resolve } from './roles';
import { SHELF_LABELS, takeOff, type Item, type ShelfId } from './spec';
import { titleOf } from './words';

/** A field on a shelf: says what it does there, opens its settings, can be dragged elsewhere. */
export function ShelfItem({ shelf, item }: { shelf: ShelfId; item: Item }) {
  const { spec, change, index, fields } = useExplorer();
  const name = fields.label(item.field);
  const { dragProps, dragButtonProps, isDragging } = useDrag({
    hasDragButton: true,
    getItems: () => [dragItem({ field: item.field, from: shelf }, name)],
  });
  const placed = resolve(spec, index).placed.find((one) => one.shelf === shelf);
  const title = placed ? titleOf(placed) : name;
  const isUnknown = !index.has(item.field);

  return (
    <div
      {...dragProps}
      className="shelf-item"
      data-dragging={isDragging || undefined}
      data-use={placed?.role.use}
    >
      <AriaButton
        {...dragButtonProps}
        className="field-drag"
        aria-label={`Drag ${title.slice(0, 100)} to another shelf`}
      >
        <Icon name="drag" size={12} />
      </AriaButton>
      <Popover
        label={`${title.slice(0, 100)} on ${SHELF_LABELS[shelf]}`}
        trigger={
          <Button variant="quiet" size="small" isDisabled={isUnknown}>
            <bdi className="shelf-item-title" title={title.slice(0, 2000)}>
              {title.slice(0, 200)}
            </bdi>
            <Icon name="chevron-down" size={12} />
          </Button>
        }
      >
        {(close) => <ItemSettings shelf={shelf} item={item} close={close} />}
      </Popover>
      <IconButton
        icon="cross"
        size="small"
        label={`Take ${title.slice(0, 100)} off ${SHELF_LABELS[shelf]}`}
        onPress={() => change(takeOff(spec, shelf))}
      />
    </div>
  );
}
