const SHOWN = 4;

interface NameListProps {
  names: readonly string[];
  /** A name's short form; the whole is in its title. */
  show?: (name: string) => string;
}

/** A few names in a line, and how many more there are. */
export function NameList({ names, show = (name) => name }: NameListProps) {
  if (names.length === 0) return <span className="soft">none known</span>;
  const more = names.slice(SHOWN);
  return (
    <span className="name-list">
      {names.slice(0, SHOWN).map((name, i) => (
        <span key={name} title={name.slice(0, 2000)}>
          <bdi>{show(name).slice(0, 80)}</bdi>
          {i < Math.min(names.length, SHOWN) - 1 && ', '}
        </span>
      ))}
      {more.length > 0 && (
        <span className="soft" title={more.slice(0, 50).join('\n').slice(0, 2000)}>
          {` and ${more.length} more`}
        </span>
      )}
    </span>
  );
}
