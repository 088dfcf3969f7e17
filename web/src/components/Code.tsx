import { CopyButton } from './CopyButton';
import './display.css';

interface CodeProps {
  /** Names the region for screen readers. */
  label: string;
  children: string;
}

/** A block of text to copy. It scrolls, so it takes the focus. */
export function Code({ label, children }: CodeProps) {
  return (
    <div className="code-block">
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls by keyboard */}
      <pre tabIndex={0} role="region" aria-label={label}>
        <code>{children}</code>
      </pre>
      <CopyButton text={children} />
    </div>
  );
}
