import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import './Button.css';
import { Icon, type IconName } from './Icon';
import { Tooltip } from './Tooltip';

interface Look {
  variant?: 'default' | 'primary' | 'quiet' | 'danger';
  size?: 'medium' | 'small';
}

export interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className'>, Look {
  icon?: IconName;
  children: ReactNode;
}

export function Button({
  variant = 'default',
  size = 'medium',
  icon,
  children,
  ...rest
}: ButtonProps) {
  return (
    <AriaButton {...rest} className="button" data-variant={variant} data-size={size}>
      {icon && <Icon name={icon} />}
      {children}
    </AriaButton>
  );
}

export interface IconButtonProps
  extends Omit<AriaButtonProps, 'children' | 'className' | 'aria-label'>, Look {
  icon: IconName;
  /** The accessible name, shown as a tooltip. */
  label: string;
}

export function IconButton({
  variant = 'quiet',
  size = 'medium',
  icon,
  label,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip content={label}>
      <AriaButton
        {...rest}
        className="button"
        aria-label={label}
        data-icon-only=""
        data-variant={variant}
        data-size={size}
      >
        <Icon name={icon} />
      </AriaButton>
    </Tooltip>
  );
}
