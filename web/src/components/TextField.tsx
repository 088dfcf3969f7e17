import {
  Input,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components';
import { FieldBody, type FieldTexts } from './Field';

export interface TextFieldProps
  extends Omit<AriaTextFieldProps, 'children' | 'className' | 'isInvalid'>, FieldTexts {
  placeholder?: string | undefined;
}

export function TextField({
  label,
  hideLabel = false,
  description,
  error,
  placeholder,
  ...rest
}: TextFieldProps) {
  return (
    <AriaTextField {...rest} className="field" isInvalid={error !== undefined}>
      <FieldBody label={label} hideLabel={hideLabel} description={description} error={error}>
        <Input className="input" {...(placeholder !== undefined && { placeholder })} />
      </FieldBody>
    </AriaTextField>
  );
}
