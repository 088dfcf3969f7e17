import { Select } from '../../components/Select';
import { useExplorer } from './context';
import { isMetric, type Field } from './fields';
import { directionText } from './words';

interface MetricSelectProps {
  value: Field | undefined;
  onChange: (id: string) => void;
}

export function MetricSelect({ value, onChange }: MetricSelectProps) {
  const { fields } = useExplorer();
  const options = fields.all.filter(isMetric).map((field) => ({
    id: field.id,
    label: field.label,
    description: directionText(field),
  }));
  return (
    <Select
      label="Metric"
      options={options}
      value={value?.id ?? null}
      placeholder="No metric yet"
      onChange={(id) => id !== null && onChange(id)}
    />
  );
}
