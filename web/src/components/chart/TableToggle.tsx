import { Button } from '../Button';

interface TableToggleProps {
  isTable: boolean;
  onChange: (isTable: boolean) => void;
}

/** Between a chart and the table of its numbers. */
export function TableToggle({ isTable, onChange }: TableToggleProps) {
  return (
    <Button
      size="small"
      variant="quiet"
      icon={isTable ? 'chart' : 'table'}
      onPress={() => onChange(!isTable)}
    >
      {isTable ? 'Show as chart' : 'Show as table'}
    </Button>
  );
}
