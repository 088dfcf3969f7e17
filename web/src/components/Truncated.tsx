import './display.css';

/** Titles longer than this freeze some browsers. */
const MAX_TITLE = 2_000;
/** No screen is wider; a cell with ten thousand characters costs no more than one with these. */
const MAX_SHOWN = 400;

/**
 * Any text in one line of a cell: cut with an ellipsis, whole in the title. Its direction cannot
 * disturb what stands beside it.
 */
export function Truncated({ children }: { children: string }) {
  const line = children.slice(0, MAX_SHOWN).replace(/\s+/g, ' ');
  return (
    <bdi className="truncated" title={cut(children, MAX_TITLE)}>
      {children.length > MAX_SHOWN ? `${line}…` : line}
    </bdi>
  );
}

/** At most `max` UTF-16 units, without half a character at the end. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
