import { useMemo, useState } from 'react';
import { Button, IconButton } from '../../components/Button';
import { Checkbox } from '../../components/Checkbox';
import { Dialog } from '../../components/Dialog';
import { matchOptions } from '../../components/options';
import { SearchField } from '../../components/SearchField';
import { formatInteger } from '../../lib/format';
import { fieldOptions } from '../../query/fieldOptions';
import { isMetric, keyOf, refOf, type Fields } from '../../query/fieldRef';
import { MetricPlace } from './MetricPlace';

interface ColumnChooserProps {
  fields: Fields;
  project: string | undefined;
  visible: readonly string[];
  /** An empty list stands for the columns that the view has by itself. */
  onChange: (columns: string[]) => void;
}

const COLUMNS_MAX = 40;

export function ColumnChooser(props: ColumnChooserProps) {
  return (
    <Dialog
      title="Columns"
      size="wide"
      trigger={<Button icon="table">Columns</Button>}
      actions={(close) => (
        <>
          <Button onPress={() => props.onChange([])}>Reset</Button>
          <Button variant="primary" onPress={close}>
            Done
          </Button>
        </>
      )}
    >
      <Chooser {...props} />
    </Dialog>
  );
}

function Chooser({ fields, project, visible, onChange }: ColumnChooserProps) {
  const isFull = visible.length >= COLUMNS_MAX;
  const add = (key: string) => {
    if (!visible.includes(key)) onChange([...visible, key]);
  };
  const remove = (key: string) => {
    // A table without a column would have no way back.
    if (visible.length > 1) onChange(visible.filter((old) => old !== key));
  };

  return (
    <div className="column-chooser">
      <section className="stack" aria-label="Fields">
        <FieldList {...{ fields, visible, isFull, add, remove }} />
      </section>
      <section className="stack" aria-label="Shown columns">
        <h3>Shown, from left to right</h3>
        <ol className="shown-columns">
          {visible.map((key, i) => (
            <li key={key} className="shown-column">
              <bdi className="truncated" title={fields.label(key)}>
                {fields.label(key)}
              </bdi>
              {isMetric(key) && (
                <MetricPlace
                  {...{ fields, project }}
                  metric={refOf(key).field}
                  onAdd={(ref) => add(keyOf(ref))}
                />
              )}
              <IconButton
                icon="arrow-up"
                size="small"
                label={`Move ${fields.label(key)} to the left`}
                isDisabled={i === 0}
                onPress={() => onChange(moved(visible, i, i - 1))}
              />
              <IconButton
                icon="arrow-down"
                size="small"
                label={`Move ${fields.label(key)} to the right`}
                isDisabled={i === visible.length - 1}
                onPress={() => onChange(moved(visible, i, i + 1))}
              />
              <IconButton
                icon="cross"
                size="small"
                label={`Remove ${fields.label(key)}`}
                isDisabled={visible.length === 1}
                onPress={() => remove(key)}
              />
            </li>
          ))}
        </ol>
        {isFull && <p className="soft small">A table takes {COLUMNS_MAX} columns.</p>}
      </section>
    </div>
  );
}

function moved(keys: readonly string[], from: number, to: number): string[] {
  const next = [...keys];
  const [key] = next.splice(from, 1);
  if (key !== undefined) next.splice(to, 0, key);
  return next;
}

/** Enough to look through; for others there is the search. */
const LISTED = 120;
const NONE: ReadonlySet<string> = new Set();

interface FieldListProps {
  fields: Fields;
  visible: readonly string[];
  isFull: boolean;
  add: (key: string) => void;
  remove: (key: string) => void;
}

function FieldList({ fields, visible, isFull, add, remove }: FieldListProps) {
  const [search, setSearch] = useState('');
  const options = useMemo(() => fieldOptions(fields.all), [fields]);
  const shown = useMemo(() => new Set(visible), [visible]);
  const found = useMemo(() => {
    const { shown: all, hidden } = matchOptions(options, search, NONE);
    const first = all.slice(0, LISTED);
    return { shown: first, hidden: hidden + all.length - first.length };
  }, [options, search]);
  return (
    <>
      <SearchField
        label={`Search ${formatInteger(options.length)} fields`}
        value={search}
        onChange={setSearch}
      />
      <div className="field-list" role="group" aria-label="Fields to show">
        {found.shown.map(({ id, label, description }) => (
          <Checkbox
            key={id}
            isSelected={shown.has(id)}
            isDisabled={isFull && !shown.has(id)}
            onChange={(isShown) => (isShown ? add(id) : remove(id))}
          >
            <span className="field-option">
              <bdi className="truncated" title={label}>
                {label}
              </bdi>
              <span className="soft small">{description}</span>
            </span>
          </Checkbox>
        ))}
        {found.shown.length === 0 && <p className="soft">No field matches.</p>}
        {found.hidden > 0 && (
          <p className="soft small">{formatInteger(found.hidden)} more: search to find them.</p>
        )}
      </div>
    </>
  );
}
