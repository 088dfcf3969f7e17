import { useState } from 'react';
import { Button } from '../Button';
import { Dialog } from '../Dialog';
import { NumberField } from '../NumberField';
import { Select } from '../Select';
import { TextField } from '../TextField';
import { formatNumber } from '../../lib/format';
import { fieldOptions } from '../../query/fieldOptions';
import { refOf, sliceLabel, type Fields } from '../../query/fieldRef';
import {
  conditionsOf,
  draftOf,
  emptyDraft,
  fromLocalInput,
  opOf,
  toLocalInput,
  type Condition,
  type Draft,
} from '../../query/filterDraft';
import { filterKey, filterOf, type Filter } from '../../query/filters';
import type { Question } from '../../query/modelQuery';
import { ValuePicker } from './ValuePicker';

interface FilterEditorProps {
  /** What is edited; `null` for a new filter. */
  filter: Filter | null;
  fields: Fields;
  /** The other filters: values are counted among the models that they leave. */
  question: Question;
  onSave: (filter: Filter) => void;
  onClose: () => void;
}

export function FilterEditor({ filter, fields, question, onSave, onClose }: FilterEditorProps) {
  const [key, setKey] = useState(filter && filterKey(filter));
  const [draft, setDraft] = useState<Draft>(filter ? draftOf(filter.op) : emptyDraft('in'));
  const op = opOf(draft);

  function choose(next: string | null) {
    setKey(next);
    if (next === null || next === key) return;
    const [first] = conditionsOf(fields.kind(next), isListable(next));
    setDraft(emptyDraft(first?.id ?? 'known'));
  }

  return (
    <Dialog
      title={filter ? 'Change filter' : 'Add filter'}
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isDisabled={key === null || op === undefined}
            onPress={() => {
              if (key !== null && op) onSave(filterOf(key, op));
              onClose();
            }}
          >
            {filter ? 'Change filter' : 'Add filter'}
          </Button>
        </>
      }
    >
      <Select
        label="Field"
        options={fieldOptions(fields.all)}
        value={key === null ? null : refOf(key).field}
        onChange={choose}
        placeholder="Choose a field"
      />
      {key !== null && (
        <Conditions key={key} {...{ fields, question, draft }} field={key} onChange={setDraft} />
      )}
    </Dialog>
  );
}

/** Lists of columns are known to the agent; those of features are not. */
const isListable = (key: string) => key !== 'feature_columns';

interface ConditionsProps {
  field: string;
  fields: Fields;
  question: Question;
  draft: Draft;
  onChange: (draft: Draft) => void;
}

function Conditions({ field, fields, question, draft, onChange }: ConditionsProps) {
  const kind = fields.kind(field);
  const info = fields.of(field);
  const { slice } = refOf(field);
  const set = (change: Partial<Draft>) => onChange({ ...draft, ...change });
  const range =
    typeof info?.min === 'number' && typeof info.max === 'number'
      ? `From ${formatNumber(info.min)} to ${formatNumber(info.max)}`
      : undefined;
  return (
    <>
      {slice != null && <p className="soft">Measured where {sliceLabel(slice)}</p>}
      <Select
        label="Condition"
        options={conditionsOf(kind, isListable(field))}
        value={draft.condition}
        onChange={(condition) => set({ condition: condition as Condition })}
      />
      {(draft.condition === 'in' || draft.condition === 'not_in') && (
        <ValuePicker
          {...{ field, fields, question }}
          values={draft.values}
          onChange={(values) => set({ values })}
        />
      )}
      {draft.condition === 'contains' && (
        <TextField
          label="Text"
          value={draft.text}
          onChange={(text) => set({ text })}
          description="In whatever case"
        />
      )}
      {draft.condition === 'range' && kind !== 'time' && (
        <div className="range-fields">
          <NumberField
            label="At least"
            isInteger={kind === 'integer'}
            value={typeof draft.min === 'number' ? draft.min : undefined}
            onChange={(min) => set({ min })}
            description={range}
          />
          <NumberField
            label="At most"
            isInteger={kind === 'integer'}
            value={typeof draft.max === 'number' ? draft.max : undefined}
            onChange={(max) => set({ max })}
          />
        </div>
      )}
      {draft.condition === 'range' && kind === 'time' && (
        <div className="range-fields">
          {(['min', 'max'] as const).map((end) => (
            <TextField
              key={end}
              label={end === 'min' ? 'Not before (local time)' : 'Not after (local time)'}
              type="datetime-local"
              value={toLocalInput(draft[end])}
              onChange={(text) => set({ [end]: fromLocalInput(text) })}
            />
          ))}
        </div>
      )}
    </>
  );
}
