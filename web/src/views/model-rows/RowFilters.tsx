import { useState } from 'react';
import { Button } from '../../components/Button';
import { Checkbox } from '../../components/Checkbox';
import { Popover } from '../../components/Popover';
import { Select } from '../../components/Select';
import { TagList } from '../../components/TagList';
import { TextField } from '../../components/TextField';
import type { Column } from '../../components/table/columns';
import type { ScoredRow } from '../../lib/scored';
import { filterText, type Op, type RowFilter } from './rowFilters';

interface RowFiltersProps {
  columns: readonly Column<ScoredRow>[];
  filters: readonly RowFilter[];
  onChange: (filters: RowFilter[]) => void;
  /** Undefined where right and wrong mean nothing. */
  onlyWrong: boolean | undefined;
  onOnlyWrong: (isOn: boolean) => void;
  /** Undefined where no row was sampled after the stages. */
  onlyFollowed: boolean | undefined;
  onOnlyFollowed: (isOn: boolean) => void;
}

export function RowFilters(props: RowFiltersProps) {
  const { columns, filters, onChange, onlyWrong, onOnlyWrong, onlyFollowed, onOnlyFollowed } =
    props;
  return (
    <>
      {onlyWrong !== undefined && (
        <Checkbox isSelected={onlyWrong} onChange={onOnlyWrong}>
          Wrong only
        </Checkbox>
      )}
      {onlyFollowed !== undefined && (
        <Checkbox isSelected={onlyFollowed} onChange={onOnlyFollowed}>
          Sampled after every stage
        </Checkbox>
      )}
      <Popover
        label="Filter by a column"
        trigger={
          <Button size="small" icon="filter">
            Filter
          </Button>
        }
      >
        {(close) => (
          <FilterForm
            columns={columns}
            onAdd={(filter) => {
              onChange([...filters, filter]);
              close();
            }}
          />
        )}
      </Popover>
      {filters.length > 0 && (
        <TagList
          label="Filters"
          hideLabel
          items={filters.map((filter, i) => ({ id: String(i), label: filterText(filter) }))}
          onRemove={(id) => onChange(filters.filter((_, i) => String(i) !== id))}
        />
      )}
    </>
  );
}

const OPS: { id: Op | 'missing'; label: string }[] = [
  { id: 'is', label: 'is' },
  { id: 'not', label: 'is not' },
  { id: 'contains', label: 'contains' },
  { id: 'min', label: 'at least' },
  { id: 'max', label: 'at most' },
  { id: 'missing', label: 'is missing' },
];

interface FilterFormProps {
  columns: readonly Column<ScoredRow>[];
  onAdd: (filter: RowFilter) => void;
}

function FilterForm({ columns, onAdd }: FilterFormProps) {
  const [column, setColumn] = useState<string | null>(null);
  const [op, setOp] = useState<Op | 'missing'>('is');
  const [value, setValue] = useState('');
  const isNumber = op === 'min' || op === 'max';
  const isBad = isNumber && value !== '' && !Number.isFinite(Number(value));
  const isReady = column !== null && (op === 'missing' || (value !== '' && !isBad));
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isReady) return;
        if (op === 'missing') onAdd({ column, op: 'is', value: null });
        else onAdd({ column, op, value: isNumber ? Number(value) : value });
      }}
    >
      <Select
        label="Column"
        options={columns.map(({ id, header }) => ({ id, label: header }))}
        value={column}
        onChange={setColumn}
        placeholder="Choose a column"
      />
      <Select
        label="Condition"
        options={OPS}
        value={op}
        onChange={(id) => setOp((id ?? 'is') as Op)}
      />
      {op !== 'missing' && (
        <TextField
          label="Value"
          value={value}
          onChange={setValue}
          error={isBad ? 'Not a number' : undefined}
        />
      )}
      <Button type="submit" variant="primary" isDisabled={!isReady}>
        Add filter
      </Button>
    </form>
  );
}
