import { useRef, useState } from 'react';
import { Button, GridListItem, Popover } from 'react-aria-components';
import { Icon } from '../../components/Icon';
import { MenuList } from '../../components/Menu';
import { useApply } from './context';
import { isMetric, isNumber, kindLabel, type Field } from './fields';
import { newFilter } from './newFilter';
import { put, SHELF_LABELS, SHELVES } from './spec';
import { useFilterEditing } from './filterEditing';

/** A field of the list: dragged, or put on a shelf from its menu. */
export function FieldRow({ field }: { field: Field }) {
  const apply = useApply();
  const edit = useFilterEditing();
  const [isOpen, setOpen] = useState(false);
  const row = useRef<HTMLDivElement>(null);

  const onShelves = field.kind === 'json' ? [] : SHELVES;
  const close = (action: () => void) => () => {
    setOpen(false);
    action();
  };
  const actions = [
    ...onShelves
      .filter((shelf) => shelf !== 'size' || isNumber(field))
      .map((shelf) => ({
        id: shelf,
        label: `Put on ${SHELF_LABELS[shelf]}`,
        onAction: close(() => apply((spec) => put(spec, shelf, { field: field.id }))),
      })),
    {
      id: 'filter',
      label: 'Filter by it…',
      icon: 'filter' as const,
      onAction: close(() => edit(newFilter(field))),
    },
  ];

  return (
    <GridListItem
      id={field.id}
      ref={row}
      textValue={field.label}
      className="field-row"
      onAction={() => setOpen(true)}
    >
      <Button slot="drag" className="field-drag" aria-label={`Drag ${field.label.slice(0, 100)}`}>
        <Icon name="drag" size={12} />
      </Button>
      <span
        className="field-kind"
        title={kindLabel(field)}
        data-metric={isMetric(field) || undefined}
      >
        <span aria-hidden="true">{KIND_SIGNS[field.kind]}</span>
        <span className="visually-hidden">{kindLabel(field)}: </span>
      </span>
      <bdi className="field-label-text" title={titleOf(field)}>
        {field.label.slice(0, 200)}
      </bdi>
      <Popover
        className="popover"
        triggerRef={row}
        isOpen={isOpen}
        onOpenChange={setOpen}
        placement="bottom start"
        aria-label={field.label.slice(0, 100)}
      >
        <MenuList label={`Put ${field.label.slice(0, 100)} on`} actions={actions} takesFocus />
      </Popover>
    </GridListItem>
  );
}

const KIND_SIGNS: Record<Field['kind'], string> = {
  text: 'Abc',
  number: '#',
  integer: '#',
  boolean: 'T/F',
  time: '◷',
  json: '[ ]',
};

function titleOf(field: Field): string {
  const range =
    field.min == null || field.max == null ? '' : `, ${String(field.min)} to ${String(field.max)}`;
  const values = field.values == null ? '' : `, ${field.values} different values`;
  return `${field.label.slice(0, 2000)}\n${kindLabel(field)}${range}${values}`;
}
