import {
  Button,
  Group,
  Input,
  SearchField as AriaSearchField,
  type SearchFieldProps as AriaSearchFieldProps,
} from 'react-aria-components';
import './Button.css';
import { FieldBody, type FieldTexts } from './Field';
import { Icon } from './Icon';

export interface SearchFieldProps
  extends Omit<AriaSearchFieldProps, 'children' | 'className' | 'isInvalid'>, FieldTexts {
  placeholder?: string | undefined;
  /** It has the focus for a list below it, inside an Autocomplete. */
  isCombobox?: boolean;
}

/** Its label is hidden unless told: the glass says what it is. Escape clears it. */
export function SearchField({
  label,
  hideLabel = true,
  description,
  error,
  placeholder,
  isCombobox = false,
  ...rest
}: SearchFieldProps) {
  return (
    <AriaSearchField {...rest} className="field search-field" isInvalid={error !== undefined}>
      <FieldBody label={label} hideLabel={hideLabel} description={description} error={error}>
        <Group className="input-box">
          <Icon name="search" />
          <Input
            className="input"
            placeholder={placeholder ?? label}
            {...(isCombobox && { role: 'combobox', 'aria-expanded': true })}
          />
          <Button className="button" data-variant="quiet" data-size="small" data-icon-only="">
            <Icon name="cross" size={12} />
          </Button>
        </Group>
      </FieldBody>
    </AriaSearchField>
  );
}
