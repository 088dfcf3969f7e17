import { useState } from 'react';
import { formatInteger, formatNumber } from '../../lib/format';
import type { Slot } from './slots';

const SHOWN = 6;

interface VectorProps {
  slots: readonly Slot[];
}

/** A vector by its slots' names; what is zero is left out, what is long is folded. */
export function Vector({ slots }: VectorProps) {
  const [isOpen, setOpen] = useState(false);
  const filled = slots.filter(({ value }) => value !== 0);
  const shown = isOpen ? filled : filled.slice(0, SHOWN);
  return (
    <div className="vector">
      <ul>
        {shown.map(({ index, name, value }) => (
          <li key={index} title={`slot ${index}`}>
            <bdi className="soft">{name}</bdi>: {formatNumber(value)}
          </li>
        ))}
        {filled.length === 0 && <li className="soft">all zeros</li>}
      </ul>
      <div className="soft small">
        {formatInteger(slots.length)} slots
        {filled.length < slots.length &&
          filled.length > 0 &&
          `, ${formatInteger(slots.length - filled.length)} of them zero`}
        {filled.length > SHOWN && (
          <button type="button" className="slots-button" onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'show fewer' : `show all ${formatInteger(filled.length)}`}
          </button>
        )}
      </div>
    </div>
  );
}
