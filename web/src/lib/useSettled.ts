import { useEffect, useState } from 'react';

/** How long somebody who types pauses before the text is asked for. */
export const TYPING_MS = 120;

/** `value` as it was when it last stayed the same for so many milliseconds. */
export function useSettled<T>(value: T, wait: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), wait);
    return () => clearTimeout(timer);
  }, [value, wait]);
  return settled;
}
