import { Badge } from '../../components/Badge';
import type { Delta } from './differ';
import { signed } from './drawing';

/** How a metric changed: as number, arrow and word, not by colour alone. */
export function DeltaBadge({ delta }: { delta: Delta }) {
  const { isBetter, difference } = delta;
  if (isBetter === undefined) return <Badge>{signed(difference)}</Badge>;
  return (
    <Badge tone={isBetter ? 'good' : 'bad'} icon={difference > 0 ? 'arrow-up' : 'arrow-down'}>
      {signed(difference)} {isBetter ? 'better' : 'worse'}
    </Badge>
  );
}
