import { useMemo } from 'react';
import { OptionPicker } from './OptionPicker';
import type { Option } from './options';

export interface SelectProps {
  label: string;
  hideLabel?: boolean;
  options: readonly Option[];
  value: string | null;
  onChange: (value: string | null) => void;
  /** What it shows without a value. */
  placeholder?: string;
  /** Whether choosing the chosen option again takes it away. */
  canBeEmpty?: boolean;
  isDisabled?: boolean;
}

/** One of many; searchable from nine options on, good for ten thousand. */
export function Select(props: SelectProps) {
  const { label, hideLabel = false, options, value, onChange } = props;
  const { placeholder = 'Choose…', canBeEmpty = false, isDisabled = false } = props;
  const selected = useMemo(() => new Set(value === null ? [] : [value]), [value]);
  const chosen = options.find((option) => option.id === value);
  return (
    <OptionPicker
      label={label}
      hideLabel={hideLabel}
      options={options}
      selected={selected}
      mode="single"
      canBeEmpty={canBeEmpty}
      isDisabled={isDisabled}
      // A value that is not (or not yet) among the options is shown as it is.
      value={
        value === null ? (
          <span className="soft">{placeholder}</span>
        ) : (
          <bdi>{chosen?.label ?? value}</bdi>
        )
      }
      onChange={(next) => onChange([...next][0] ?? null)}
    />
  );
}
