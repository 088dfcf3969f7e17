import type { ReactNode } from 'react';
import { FieldError, Label, Text } from 'react-aria-components';
import './fields.css';

/** What every field has besides its input. */
export interface FieldTexts {
  label: string;
  /** For a field whose meaning is plain from its place; screen readers still hear the label. */
  hideLabel?: boolean;
  description?: ReactNode;
  error?: string | undefined;
}

interface FieldBodyProps extends FieldTexts {
  children: ReactNode;
}

/** Goes inside a React Aria field, which ties label, help and error to the input. */
export function FieldBody({
  label,
  hideLabel = false,
  description,
  error,
  children,
}: FieldBodyProps) {
  return (
    <>
      <Label className={hideLabel ? 'visually-hidden' : 'field-label'}>{label}</Label>
      {children}
      {description !== undefined && (
        <Text slot="description" className="field-help">
          {description}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </>
  );
}
