// Numbers as they travel: JSON has no NaN and no infinity, so those come as text.

import type { components } from '../api/schema';

export type WireNumber = components['schemas']['Number'] | null | undefined;

/** The number; undefined for what is none at all. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value === 'NaN') return NaN;
  if (value === 'Infinity') return Infinity;
  if (value === '-Infinity') return -Infinity;
  return undefined;
}

/** The number, where it can be drawn and counted with. */
export function toFinite(value: unknown): number | undefined {
  const number = toNumber(value);
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}
