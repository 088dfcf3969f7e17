import { cut } from '../../components/Truncated';
import type { Change } from './differ';
import { workName } from './names';
import type { Work } from './work';

const SHOWN = 4;
const VALUE_LENGTH = 40;

/** `regParam 0 → 10`: what a branch changed against another. */
export function ChangeList({ changes, against }: { changes: readonly Change[]; against: Work }) {
  const [first] = changes;
  if (!first) return <span className="soft"> with the same parameters on other input</span>;
  if (first.name === 'class') {
    return (
      <span className="soft">
        {' '}
        instead of <bdi>{workName(against)}</bdi>
      </span>
    );
  }
  const more = changes.length - SHOWN;
  return (
    <span>
      <span className="soft"> changed </span>
      {changes.slice(0, SHOWN).map(({ name, from, to }, i) => (
        <span key={name}>
          {i > 0 && ', '}
          <bdi>{name}</bdi> <Shown of={from} /> → <Shown of={to} />
        </span>
      ))}
      {more > 0 && <span className="soft"> and {more} more</span>}
    </span>
  );
}

function Shown({ of }: { of: string | null }) {
  if (of === null) return <span className="soft">none</span>;
  return <bdi title={cut(of, 2000)}>{cut(of, VALUE_LENGTH)}</bdi>;
}
