import { Button } from '../../components/Button';
import { Menu } from '../../components/Menu';
import { NumberField } from '../../components/NumberField';
import { Select } from '../../components/Select';
import { sliceLabel } from '../../query/fieldRef';
import { useExplorer } from './context';
import { MAX_BINS, MAX_TOP } from './readSpec';
import { resolve } from './roles';
import { aggregateOptions, settingsOf, sortOptions, UNIT_OPTIONS } from './settings';
import { move, put, SHELF_LABELS, SHELVES, takeOff, type Item, type ShelfId } from './spec';

interface ItemSettingsProps {
  shelf: ShelfId;
  item: Item;
  close: () => void;
}

/** What a field on a shelf is computed and shown as. */
export function ItemSettings({ shelf, item, close }: ItemSettingsProps) {
  const { spec, change, index } = useExplorer();
  const field = index.get(item.field);
  const placed = resolve(spec, index).placed.find((one) => one.shelf === shelf);
  if (!field) return null;
  const shows = settingsOf(field, shelf, placed?.role);

  function set(changes: { [K in keyof Item]?: Item[K] | undefined }) {
    const next = Object.fromEntries(
      Object.entries({ ...item, ...changes }).filter(([, value]) => value !== undefined),
    );
    change(put(spec, shelf, next as unknown as Item));
  }

  return (
    <div className="item-settings stack">
      {shows.aggregate && (
        <Select
          label="Show"
          options={aggregateOptions(field, placed?.role)}
          value={item.aggregate ?? (item.bins === undefined ? 'auto' : 'bins')}
          onChange={(id) => set(shownAs(id))}
        />
      )}
      {shows.slices && (
        <Select
          label="Measured on"
          options={[
            { id: '', label: 'all rows' },
            ...field.slices.map((slice) => ({ id: slice, label: sliceLabel(slice) })),
          ]}
          value={item.slice ?? ''}
          onChange={(slice) => set({ slice: slice ? slice : undefined })}
        />
      )}
      {shows.bins && (
        <NumberField
          label="Bins"
          description="About so many; 0 for each value"
          isInteger
          min={0}
          max={MAX_BINS}
          value={item.bins}
          placeholder="automatic"
          onChange={(bins) => set({ bins })}
        />
      )}
      {shows.unit && (
        <Select
          label="By"
          options={UNIT_OPTIONS}
          value={item.unit ?? 'day'}
          onChange={(unit) => set({ unit: unit as Item['unit'] })}
        />
      )}
      {shows.top && (
        <NumberField
          label="Told apart"
          description="The commonest; the rest together are “other”"
          isInteger
          min={1}
          max={MAX_TOP}
          value={item.top}
          placeholder={placedTop(shelf)}
          onChange={(top) => set({ top })}
        />
      )}
      {shows.sort && (
        <Select
          label="Order"
          options={sortOptions(placed?.role)}
          value={item.sort ?? 'auto'}
          onChange={(sort) => set({ sort: sort === 'auto' ? undefined : (sort as Item['sort']) })}
        />
      )}
      <div className="row">
        <Menu
          label="Move to"
          trigger={
            <Button size="small" icon="chevron-down">
              Move to…
            </Button>
          }
          actions={SHELVES.filter((other) => other !== shelf).map((other) => ({
            id: other,
            label: SHELF_LABELS[other],
            onAction: () => {
              close();
              change(move(spec, shelf, other));
            },
          }))}
        />
        <Button
          size="small"
          icon="cross"
          onPress={() => {
            close();
            change(takeOff(spec, shelf));
          }}
        >
          Take off
        </Button>
      </div>
    </div>
  );
}

const BINS = 20;

/** A number is put in bins or computed, never both. */
function shownAs(id: string | null) {
  if (id === 'bins') return { aggregate: undefined, bins: BINS };
  const aggregate = id === 'auto' || id === null ? undefined : (id as Item['aggregate']);
  return { aggregate, bins: undefined };
}

function placedTop(shelf: ShelfId): string {
  return { x: '20', y: '20', size: '20', colour: '7', column: '6', row: '6' }[shelf];
}
