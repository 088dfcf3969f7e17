import { useMemo } from 'react';
import { OptionPicker } from './OptionPicker';
import type { Option } from './options';

export interface MultiSelectProps {
  label: string;
  hideLabel?: boolean;
  options: readonly Option[];
  value: readonly string[];
  onChange: (value: string[]) => void;
  /** What it shows when nothing is chosen. */
  placeholder?: string;
  isDisabled?: boolean;
}

/** Any number of many; the list stays open while one chooses. */
export function MultiSelect(props: MultiSelectProps) {
  const { label, hideLabel = false, options, value, onChange } = props;
  const { placeholder = 'Any', isDisabled = false } = props;
  const selected = useMemo(() => new Set(value), [value]);
  return (
    <OptionPicker
      label={label}
      hideLabel={hideLabel}
      options={options}
      selected={selected}
      mode="multiple"
      canBeEmpty
      isDisabled={isDisabled}
      value={summary(options, value) ?? <span className="soft">{placeholder}</span>}
      onChange={(next) => onChange([...next])}
    />
  );
}

function summary(options: readonly Option[], value: readonly string[]) {
  const [only] = value;
  if (only === undefined) return undefined;
  if (value.length > 1) return `${value.length} selected`;
  return <bdi>{options.find((option) => option.id === only)?.label ?? only}</bdi>;
}
