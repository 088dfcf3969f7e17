import type { ReactNode } from 'react';
import { CheckboxButton, CheckboxField, type CheckboxFieldProps } from 'react-aria-components';
import './fields.css';
import { Icon } from './Icon';

export interface CheckboxProps extends Omit<CheckboxFieldProps, 'children' | 'className'> {
  /** Without it, give an `aria-label`. */
  children?: ReactNode;
}

export function Checkbox({ children, ...rest }: CheckboxProps) {
  return (
    <CheckboxField {...rest} className="checkbox-field">
      <CheckboxButton className="checkbox">
        {({ isIndeterminate }) => (
          <>
            <span className="checkbox-box">
              <Icon name={isIndeterminate ? 'minus' : 'check'} size={12} />
            </span>
            {children}
          </>
        )}
      </CheckboxButton>
    </CheckboxField>
  );
}
