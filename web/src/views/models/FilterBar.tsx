import { useRef, useState } from 'react';
import { Button, IconButton } from '../../components/Button';
import type { CellPayload } from '../../components/table/cellDrag';
import type { Fields } from '../../query/fieldRef';
import { FilterEditor } from '../../components/models/FilterEditor';
import { filterText, orValue, putFilter, scalarOf, type Filter } from '../../query/filters';
import type { Question } from '../../query/modelQuery';
import { useCellDrop } from './useCellDrop';

interface FilterBarProps {
  filters: readonly Filter[];
  fields: Fields;
  question: Question;
  onChange: (filters: Filter[]) => void;
}

/** The filters that hold, and the place where cells are dropped to become filters. */
export function FilterBar({ filters, fields, question, onChange }: FilterBarProps) {
  const bar = useRef<HTMLDivElement>(null);
  const [editing, setEditing] = useState<number | 'new' | null>(null);

  const drag = useCellDrop(bar, ({ field, value }: CellPayload) => {
    const scalar = scalarOf(value, fields.kind(field));
    if (scalar !== undefined) onChange(orValue(filters, field, scalar));
  });

  const at = typeof editing === 'number' ? editing : undefined;
  const others = filters.filter((_, i) => i !== at);
  return (
    <div className="filter-bar" ref={bar} data-drag={drag}>
      {filters.length > 0 && (
        <ul className="filter-chips" aria-label="Filters">
          {filters.map((filter, i) => {
            const text = filterText(filter, fields);
            return (
              // Equal filters are the same filter, but an address can have one twice.
              <li key={`${i} ${JSON.stringify(filter)}`} className="filter-chip">
                <Button size="small" variant="quiet" onPress={() => setEditing(i)}>
                  <bdi className="filter-text" title={text}>
                    {text.slice(0, 300)}
                  </bdi>
                </Button>
                <IconButton
                  icon="cross"
                  size="small"
                  label={`Remove filter: ${text.slice(0, 100)}`}
                  onPress={() => onChange(filters.filter((_, j) => j !== i))}
                />
              </li>
            );
          })}
        </ul>
      )}
      <Button size="small" icon="filter" onPress={() => setEditing('new')}>
        Add filter
      </Button>
      {filters.length > 1 && (
        <Button size="small" variant="quiet" onPress={() => onChange([])}>
          Remove all
        </Button>
      )}
      <span className="soft small filter-hint">
        {drag === 'over' ? 'Drop to filter by this value' : 'or drag a value here'}
      </span>
      {editing !== null && (
        <FilterEditor
          filter={at === undefined ? null : (filters[at] ?? null)}
          fields={fields}
          question={{ ...question, filters: others }}
          onSave={(filter) => onChange(putFilter(filters, filter, at))}
          onClose={() => setEditing(null)}
        />
      )}
    </div>
  );
}
