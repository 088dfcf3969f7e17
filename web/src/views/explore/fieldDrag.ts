// A field on its way to a shelf, from the list or from another shelf.

import { isTextDropItem, type DropItem } from 'react-aria-components';
import { SHELVES, type ShelfId } from './spec';

export interface FieldPayload {
  field: string;
  from?: ShelfId;
}

export const FIELD_TYPE = 'application/x-modeldb-field+json';

export function dragItem(payload: FieldPayload, label: string) {
  return { [FIELD_TYPE]: JSON.stringify(payload), 'text/plain': label };
}

/** The text that `items` have of a type; `undefined` where none has it. */
export async function droppedText(
  items: readonly DropItem[],
  type: string,
): Promise<string | undefined> {
  const item = items.filter(isTextDropItem).find(({ types }) => types.has(type));
  return item?.getText(type);
}

/** What is dropped can come from any program. */
export function readField(text: string | undefined): FieldPayload | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (typeof value !== 'object' || value === null) return undefined;
    const { field, from } = value as Record<string, unknown>;
    if (typeof field !== 'string') return undefined;
    const shelf = SHELVES.find((one) => one === from);
    return shelf ? { field, from: shelf } : { field };
  } catch {
    return undefined;
  }
}
