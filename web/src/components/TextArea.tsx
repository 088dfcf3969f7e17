import {
  TextArea as AriaTextArea,
  TextField,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components';
import { FieldBody, type FieldTexts } from './Field';

export interface TextAreaProps
  extends Omit<AriaTextFieldProps, 'children' | 'className' | 'isInvalid'>, FieldTexts {
  placeholder?: string | undefined;
  rows?: number;
}

/** A TextField of several lines. */
export function TextArea(props: TextAreaProps) {
  const { label, hideLabel = false, description, error, placeholder, rows = 3, ...rest } = props;
  return (
    <TextField {...rest} className="field" isInvalid={error !== undefined}>
      <FieldBody label={label} hideLabel={hideLabel} description={description} error={error}>
        <AriaTextArea
          className="input text-area"
          rows={rows}
          {...(placeholder !== undefined && { placeholder })}
        />
      </FieldBody>
    </TextField>
  );
}
