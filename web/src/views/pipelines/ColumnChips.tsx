import { useState } from 'react';
import { Icon, type IconName } from '../../components/Icon';
import { cut } from '../../components/Truncated';
import { formatInteger } from '../../lib/format';
import { partOf, type Flow, type Part } from './columnFlow';

/** An assembler may read hundreds. */
const SHOWN = 16;
const MAX_NAME = 200;

const ICONS: Partial<Record<Part, IconName>> = {
  from: 'arrow-up',
  to: 'arrow-down',
  both: 'refresh',
  selected: 'check',
};

interface ColumnChipsProps {
  label: string;
  columns: readonly string[] | null | undefined;
  flow: Flow | undefined;
  onPick: (column: string | null) => void;
}

/** Columns as buttons: pressing one shows where it came from and where it goes. */
export function ColumnChips({ label, columns, flow, onPick }: ColumnChipsProps) {
  const [isOpen, setOpen] = useState(false);
  const all = columns ?? [];
  const shown = isOpen ? all : all.slice(0, SHOWN);
  return (
    <div className="chips-of">
      <h3 className="chips-title">
        {label} <span className="soft">{all.length > 0 && formatInteger(all.length)}</span>
      </h3>
      {all.length === 0 && <span className="soft small">not recorded</span>}
      <ul className="chips" aria-label={label}>
        {shown.map((name, i) => (
          <li key={`${i} ${name}`}>
            <Chip name={name} flow={flow} onPick={onPick} />
          </li>
        ))}
        {all.length > SHOWN && (
          <li>
            <button type="button" className="chip chip-more" onClick={() => setOpen(!isOpen)}>
              {isOpen ? 'show fewer' : `${formatInteger(all.length - SHOWN)} more`}
            </button>
          </li>
        )}
      </ul>
    </div>
  );
}

interface ChipProps {
  name: string;
  flow: Flow | undefined;
  onPick: (column: string | null) => void;
}

function Chip({ name, flow, onPick }: ChipProps) {
  const part = partOf(flow, name);
  const icon = ICONS[part];
  return (
    <button
      type="button"
      className="chip"
      data-part={part}
      aria-pressed={part === 'selected'}
      title={cut(name, MAX_NAME)}
      onClick={() => onPick(part === 'selected' ? null : name)}
    >
      {icon && <Icon name={icon} size={11} />}
      <bdi>{cut(name, MAX_NAME)}</bdi>
      {flow && part !== 'none' && part !== 'selected' && (
        <span className="visually-hidden">{saysOf(part, flow.column)}</span>
      )}
    </button>
  );
}

function saysOf(part: Part, column: string): string {
  if (part === 'from') return `, goes into ${column}`;
  if (part === 'to') return `, made of ${column}`;
  return `, goes into ${column} and is made of it`;
}
