import { useEffect, useState } from 'react';
import './display.css';

const DELAY_MS = 300;

/** Says nothing at first: a flash of a spinner makes a fast answer look slow. */
export function Loading({ what = 'Loading' }: { what?: string }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), DELAY_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="loading" role="status">
      {isLate && (
        <>
          <span className="spinner" />
          {what}…
        </>
      )}
    </div>
  );
}
