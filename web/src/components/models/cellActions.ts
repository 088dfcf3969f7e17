import type { MenuAction } from '../Menu';
import type { CellPayload } from '../table/cellDrag';
import { formatPlain } from '../../lib/format';
import type { Fields } from '../../query/fieldRef';
import {
  boundBy,
  notValue,
  onlyValue,
  scalarOf,
  valueText,
  type Filter,
} from '../../query/filters';

/** What can be done with a value in the table: the way by keyboard to what dragging it does. */
export function cellActions(
  cell: CellPayload,
  fields: Fields,
  filters: readonly Filter[],
  onFilter: (filters: Filter[]) => void,
): MenuAction[] {
  const { field } = cell;
  const kind = fields.kind(field);
  const value = scalarOf(cell.value, kind);
  if (value === undefined) return [];
  const name = fields.label(field);
  const text = short(valueText(value, kind === 'time'));
  const actions: MenuAction[] = [];
  const add = (id: string, label: string, next: () => Filter[]) =>
    actions.push({ id, label, icon: 'filter', onAction: () => onFilter(next()) });

  const hasOrder = value !== null && (kind === 'number' || kind === 'integer' || kind === 'time');
  if (kind !== 'time' || value === null) {
    add('only', `Only this value: ${text}`, () => onlyValue(filters, field, value));
    add('not', `Not this value: ${text}`, () => notValue(filters, field, value));
  }
  if (hasOrder) {
    const [least, most] = kind === 'time' ? ['Not before', 'Not after'] : ['At least', 'At most'];
    add('min', `${least}: ${text}`, () => boundBy(filters, field, 'min', value));
    add('max', `${most}: ${text}`, () => boundBy(filters, field, 'max', value));
  }
  if (value !== null) {
    actions.push({
      id: 'copy',
      label: `Copy ${name}`,
      icon: 'copy',
      onAction: () => void copy(formatPlain(value)),
    });
  }
  return actions;
}

const LABEL_MAX = 60;

function short(text: string): string {
  return text.length > LABEL_MAX ? `${text.slice(0, LABEL_MAX)}…` : text;
}

async function copy(text: string): Promise<void> {
  try {
    // Not there on plain http from another machine; that throws as well.
    await navigator.clipboard.writeText(text);
  } catch {
    // The cell's title still has the text.
  }
}
