import { useMemo, useState, type ReactNode } from 'react';
import {
  Autocomplete,
  Dialog,
  DialogTrigger,
  ListBox,
  ListBoxItem,
  Popover,
  type Selection,
} from 'react-aria-components';
import { formatInteger } from '../lib/format';
import { Button } from './Button';
import './fields.css';
import { Icon } from './Icon';
import { matchOptions, type Option } from './options';
import './overlays.css';
import { SearchField } from './SearchField';

/** Below this a search would be in the way. */
const SEARCH_FROM = 9;

interface OptionPickerProps {
  label: string;
  hideLabel: boolean;
  /** What the button shows. */
  value: ReactNode;
  options: readonly Option[];
  selected: ReadonlySet<string>;
  mode: 'single' | 'multiple';
  canBeEmpty: boolean;
  isDisabled: boolean;
  onChange: (selected: Set<string>) => void;
}

/** A button that opens a searchable list: what Select and MultiSelect have in common. */
export function OptionPicker(props: OptionPickerProps) {
  const { label, hideLabel, value, options, mode, isDisabled } = props;
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="field">
      {!hideLabel && (
        <span className="field-label" aria-hidden="true">
          {label}
        </span>
      )}
      <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
        <div className="select-trigger">
          <Button isDisabled={isDisabled}>
            <span className="select-value">
              <span className="visually-hidden">{label}: </span>
              {value}
            </span>
            <Icon name="chevron-down" size={14} />
          </Button>
        </div>
        <Popover className="popover" offset={4} placement="bottom start">
          <Dialog aria-label={label} className="picker">
            <PickerList {...props} onPicked={() => mode === 'single' && setOpen(false)} />
            {options.length === 0 && <p className="list-note">There is nothing to choose from.</p>}
          </Dialog>
        </Popover>
      </DialogTrigger>
    </div>
  );
}

function PickerList(props: OptionPickerProps & { onPicked: () => void }) {
  const { label, options, selected, mode, canBeEmpty, onChange, onPicked } = props;
  const [text, setText] = useState('');
  const { shown, hidden } = useMemo(
    () => matchOptions(options, text, selected),
    [options, text, selected],
  );
  const isSearchable = options.length >= SEARCH_FROM;

  const list = (
    <ListBox
      className="list-box"
      aria-label={label}
      items={shown}
      selectionMode={mode}
      selectedKeys={selected}
      // eslint-disable-next-line jsx-a11y/no-autofocus -- the popover was opened to choose
      autoFocus={isSearchable ? false : 'first'}
      onSelectionChange={(keys: Selection) => {
        // "All" is all that is shown, which is not all there is.
        const picked = keys === 'all' ? shown.map((option) => option.id) : [...keys].map(String);
        // Choosing what is chosen already closes, and changes nothing where one must be chosen.
        if (picked.length > 0 || canBeEmpty) onChange(new Set(picked));
        onPicked();
      }}
      // Escape closes; by default it would take the selection away first.
      escapeKeyBehavior="none"
      renderEmptyState={() => <p className="list-note">Nothing matches.</p>}
    >
      {(option) => <PickerOption option={option} />}
    </ListBox>
  );

  return (
    <>
      {isSearchable ? (
        <Autocomplete inputValue={text} onInputChange={setText}>
          <div className="select-search">
            {/* eslint-disable-next-line jsx-a11y/no-autofocus -- as below */}
            <SearchField label={`Search ${label}`} placeholder="Search" isCombobox autoFocus />
          </div>
          {list}
        </Autocomplete>
      ) : (
        list
      )}
      {hidden > 0 && (
        <p className="list-note">{formatInteger(hidden)} more: type to narrow them down.</p>
      )}
    </>
  );
}

function PickerOption({ option }: { option: Option }) {
  return (
    <ListBoxItem id={option.id} className="option" textValue={option.label}>
      {({ isSelected }) => (
        <>
          <span className="option-mark">{isSelected && <Icon name="check" size={14} />}</span>
          <span className="option-text">
            <bdi>{option.label}</bdi>
            {option.description !== undefined && (
              <span className="soft small">{option.description}</span>
            )}
          </span>
        </>
      )}
    </ListBoxItem>
  );
}
