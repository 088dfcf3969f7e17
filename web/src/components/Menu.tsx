import type { ReactElement } from 'react';
import {
  Menu as AriaMenu,
  MenuItem,
  MenuTrigger,
  Popover as AriaPopover,
} from 'react-aria-components';
import { Icon, type IconName } from './Icon';
import './overlays.css';

export interface MenuAction {
  id: string;
  label: string;
  icon?: IconName;
  isDisabled?: boolean;
  /** What it does: one of these. */
  onAction?: () => void;
  href?: string;
}

interface MenuListProps {
  label: string;
  actions: readonly MenuAction[];
  takesFocus?: boolean;
}

/** The list alone, for a popover that is opened by something else than a button. */
export function MenuList({ label, actions, takesFocus = false }: MenuListProps) {
  return (
    <AriaMenu
      className="menu"
      aria-label={label}
      items={actions}
      // A MenuTrigger says which item takes the focus; without one somebody has to.
      {...(takesFocus && { autoFocus: 'first' as const })}
    >
      {({ icon, ...action }) => (
        <MenuItem {...action} className="option" textValue={action.label}>
          {icon && <Icon name={icon} />}
          <span className="option-text">{action.label}</span>
        </MenuItem>
      )}
    </AriaMenu>
  );
}

interface MenuProps {
  /** A Button or IconButton. */
  trigger: ReactElement;
  label: string;
  actions: readonly MenuAction[];
}

export function Menu({ trigger, label, actions }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <AriaPopover className="popover" offset={4}>
        <MenuList label={label} actions={actions} />
      </AriaPopover>
    </MenuTrigger>
  );
}
