import { Link } from 'react-router';
import { shortId } from '../lib/names';
import { CopyButton } from './CopyButton';
import './Id.css';

interface IdProps {
  of: string;
  /** Where it leads. */
  href?: string;
  /** With a button that copies all of it; not in tables of many rows. */
  canCopy?: boolean;
  /** For the copy button's name: "model id". */
  what?: string;
}

/** An id, shortened, with all of it in the title. */
export function Id({ of: id, href, canCopy = false, what = 'id' }: IdProps) {
  const text = (
    <code title={id}>
      <bdi>{shortId(id)}</bdi>
    </code>
  );
  return (
    <span className="id">
      {href === undefined ? text : <Link to={href}>{text}</Link>}
      {canCopy && <CopyButton text={id} label={`Copy ${what}`} />}
    </span>
  );
}
