import { readNumber } from '../../components/NumberField';

export type Scalar = boolean | number | string;

/** What a typed value is taken for. */
export function readValue(text: string): Scalar {
  const trimmed = text.trim();
  if (trimmed === 'true') return true;
  if (trimmed === 'false') return false;
  const number = readNumber(trimmed);
  return number !== undefined && Number.isFinite(number) ? number : text;
}

export function kindOf(value: Scalar): string {
  if (typeof value === 'boolean') return 'a truth value';
  return typeof value === 'number' ? 'a number' : 'text';
}
