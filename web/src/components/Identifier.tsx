import { shortId } from '../lib/names';
import { CopyButton } from './CopyButton';
import './display.css';

/** An id, shortened, with all of it in the title and a button that copies it. */
export function Identifier({ of: id, label = 'Copy the id' }: { of: string; label?: string }) {
  return (
    <span className="identifier">
      <code title={id}>{shortId(id)}</code>
      <CopyButton text={id} label={label} />
    </span>
  );
}
