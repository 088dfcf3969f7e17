import { useMemo } from 'react';
import { Select } from '../../components/Select';
import { useExplorer } from './context';
import { isNumber } from './fields';
import { put, SHELF_LABELS, type ShelfId } from './spec';

/** An empty shelf: a searchable list of the fields that it takes. */
export function ShelfPicker({ shelf }: { shelf: ShelfId }) {
  const { spec, change, options, index } = useExplorer();
  const taken = useMemo(() => {
    if (shelf !== 'size') return options;
    return options.filter(({ id }) => {
      const field = index.get(id);
      return field && isNumber(field);
    });
  }, [options, index, shelf]);
  return (
    <Select
      label={`Field on ${SHELF_LABELS[shelf]}`}
      hideLabel
      options={taken}
      value={null}
      placeholder="Drop or choose a field"
      onChange={(field) => field !== null && change(put(spec, shelf, { field }))}
    />
  );
}
