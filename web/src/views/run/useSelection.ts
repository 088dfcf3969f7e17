import { useCallback, useEffect, useState } from 'react';
import { useUrlState } from '../../lib/url';

/** Whoever holds an arrow key down would change the address forty times a second. */
const WRITE_MS = 250;

/** What is selected: at once on the screen, and soon in the address. */
export function useSelection(key: string): [string, (id: string) => void] {
  const [written, write] = useUrlState<string>(key, '');
  const [selected, setSelected] = useState(written);
  const [isOwn, setOwn] = useState(false);
  // Somebody else changed the address.
  if (!isOwn && written !== selected) setSelected(written);
  useEffect(() => {
    if (!isOwn) return;
    const timer = setTimeout(() => {
      if (written === selected) setOwn(false);
      else write(selected);
    }, WRITE_MS);
    return () => clearTimeout(timer);
  }, [isOwn, selected, written, write]);
  const select = useCallback((id: string) => {
    setOwn(true);
    setSelected(id);
  }, []);
  return [selected, select];
}
