import { Popover } from 'react-aria-components';
import { MenuList, type MenuAction } from '../Menu';

export interface OpenCellMenu {
  cell: HTMLElement;
  actions: readonly MenuAction[];
}

/** What can be done with a cell: the way without a mouse to whatever dragging it does. */
export function CellMenu({ cell, actions, onClose }: OpenCellMenu & { onClose: () => void }) {
  return (
    <Popover
      className="popover"
      aria-label="Cell"
      triggerRef={{ current: cell }}
      placement="bottom start"
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
    >
      <MenuList
        label="Cell"
        takesFocus
        actions={actions.map((action) => ({
          ...action,
          onAction: () => {
            onClose();
            action.onAction?.();
          },
        }))}
      />
    </Popover>
  );
}
