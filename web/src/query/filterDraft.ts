// What a filter is while somebody edits it: each condition keeps what was entered for it.

import type { Kind } from './fieldRef';
import type { Op, Scalar } from './filters';

export type Condition = 'in' | 'not_in' | 'range' | 'contains' | 'missing' | 'known';

export interface Draft {
  condition: Condition;
  values: (Scalar | null)[];
  min: Scalar | undefined;
  max: Scalar | undefined;
  text: string;
}

const LABELS: Record<Condition, string> = {
  in: 'is one of',
  not_in: 'is none of',
  range: 'is between',
  contains: 'contains',
  missing: 'is missing',
  known: 'is known',
};

/** The conditions that a kind of field takes, the likeliest first. */
export function conditionsOf(kind: Kind, isListable: boolean): { id: Condition; label: string }[] {
  const sets: Condition[] = isListable ? ['in', 'not_in'] : [];
  const own: Record<Kind, Condition[]> = {
    text: [...sets, 'contains'],
    json: [...sets, 'contains'],
    number: ['range', ...sets],
    integer: ['range', ...sets],
    time: ['range'],
    boolean: sets,
  };
  const all: Condition[] = [...own[kind], 'missing', 'known'];
  return all.map((id) => ({ id, label: labelOf(id, kind) }));
}

function labelOf(condition: Condition, kind: Kind): string {
  if (kind === 'json' && condition === 'in') return 'has one of';
  if (kind === 'json' && condition === 'not_in') return 'has none of';
  return LABELS[condition];
}

export function emptyDraft(condition: Condition): Draft {
  return { condition, values: [], min: undefined, max: undefined, text: '' };
}

export function draftOf(op: Op): Draft {
  if ('in' in op) return { ...emptyDraft('in'), values: op.in };
  if ('not_in' in op) return { ...emptyDraft('not_in'), values: op.not_in };
  if ('contains' in op) return { ...emptyDraft('contains'), text: op.contains };
  if ('missing' in op) return emptyDraft(op.missing ? 'missing' : 'known');
  const { min, max } = op.range;
  return { ...emptyDraft('range'), min: min ?? undefined, max: max ?? undefined };
}

/** `undefined` while it says nothing yet. */
export function opOf({ condition, values, min, max, text }: Draft): Op | undefined {
  switch (condition) {
    case 'in':
      return values.length > 0 ? { in: values } : undefined;
    case 'not_in':
      return values.length > 0 ? { not_in: values } : undefined;
    case 'contains':
      return text.trim() === '' ? undefined : { contains: text.trim() };
    case 'missing':
      return { missing: true };
    case 'known':
      return { missing: false };
    case 'range':
      if (min === undefined && max === undefined) return undefined;
      return {
        range: { ...(min !== undefined && { min }), ...(max !== undefined && { max }) },
      };
  }
}

/** `2026-11-29T10:24` as a browser's field has it, in local time; empty for what is no time. */
export function toLocalInput(value: Scalar | undefined): string {
  const time = typeof value === 'string' ? new Date(value) : undefined;
  if (!time || Number.isNaN(time.getTime())) return '';
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

export function fromLocalInput(text: string): string | undefined {
  const time = new Date(text);
  return text === '' || Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
