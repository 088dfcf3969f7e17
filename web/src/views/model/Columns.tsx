import { useState } from 'react';
import { Link } from 'react-router';
import { Truncated } from '../../components/Truncated';
import { formatInteger } from '../../lib/format';
import { to } from '../../lib/links';

const SHOWN = 12;

interface ColumnsProps {
  names: readonly string[];
  project: string;
  /** Not columns of the sources, so without a page of their own. */
  isPlain?: boolean;
}

/** Source columns, each a link to all models that used it. */
export function Columns({ names, project, isPlain = false }: ColumnsProps) {
  const [isOpen, setOpen] = useState(false);
  if (names.length === 0) return <span className="soft">not recorded</span>;
  const shown = isOpen ? names : names.slice(0, SHOWN);
  return (
    <ul className="inline-list">
      {shown.map((name, i) => (
        <li key={`${i} ${name}`}>
          {isPlain ? (
            <Truncated>{name}</Truncated>
          ) : (
            <Link to={to.columns(project, name)}>
              <Truncated>{name}</Truncated>
            </Link>
          )}
        </li>
      ))}
      {names.length > SHOWN && (
        <li>
          <button type="button" className="fold-button" onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'show fewer' : `${formatInteger(names.length - SHOWN)} more`}
          </button>
        </li>
      )}
    </ul>
  );
}
