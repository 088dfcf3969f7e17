import './RowCheckbox.css';

interface RowCheckboxProps {
  label: string;
  isSelected: boolean;
  isIndeterminate?: boolean;
  onChange: (isSelected: boolean) => void;
}

/** The browser's own checkbox: one in every row has to be cheap, or scrolling is not smooth. */
export function RowCheckbox({
  label,
  isSelected,
  isIndeterminate = false,
  onChange,
}: RowCheckboxProps) {
  return (
    <input
      type="checkbox"
      className="row-checkbox"
      aria-label={label}
      checked={isSelected}
      ref={(input) => {
        if (input) input.indeterminate = isIndeterminate;
      }}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}
