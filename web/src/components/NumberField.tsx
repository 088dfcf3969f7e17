import { useState } from 'react';
import { TextField } from './TextField';
import type { FieldTexts } from './Field';

export interface NumberFieldProps extends FieldTexts {
  /** `undefined` is an empty field. */
  value: number | undefined;
  onChange: (value: number | undefined) => void;
  min?: number;
  max?: number;
  isInteger?: boolean;
  placeholder?: string | undefined;
  isDisabled?: boolean;
}

/**
 * A text field that takes numbers as people paste them, `1e-4` too, which the browser's and React
 * Aria's number fields do not. What is no number, or out of range, is said and not passed on.
 */
export function NumberField({ value, onChange, min, max, isInteger, ...rest }: NumberFieldProps) {
  const [text, setText] = useState(write(value));
  const parsed = readNumber(text);
  const problem = rest.error ?? check(parsed, { min, max, isInteger });

  // The value changed from outside: show it, unless the text already means it (`1.` while typing).
  const [shown, setShown] = useState(value);
  if (!Object.is(shown, value)) {
    setShown(value);
    if (!Object.is(parsed, value)) setText(write(value));
  }

  return (
    <TextField
      {...rest}
      inputMode={isInteger === true ? 'numeric' : 'decimal'}
      value={text}
      error={problem}
      onChange={(next) => {
        setText(next);
        const number = readNumber(next);
        if (check(number, { min, max, isInteger }) === undefined) onChange(number);
      }}
    />
  );
}

function write(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

/** `undefined` for an empty text, NaN for one that is no number. */
export function readNumber(text: string): number | undefined {
  const trimmed = text.trim().replace('−', '-');
  if (trimmed === '') return undefined;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : NaN;
}

interface Bounds {
  min: number | undefined;
  max: number | undefined;
  isInteger: boolean | undefined;
}

function check(value: number | undefined, { min, max, isInteger }: Bounds): string | undefined {
  if (value === undefined) return undefined;
  if (!Number.isFinite(value)) return 'Not a number';
  if (isInteger === true && !Number.isInteger(value)) return 'A whole number, please';
  if (min !== undefined && value < min) return `At least ${min}`;
  if (max !== undefined && value > max) return `At most ${max}`;
  return undefined;
}
