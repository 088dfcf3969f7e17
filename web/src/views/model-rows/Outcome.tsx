import { Badge } from '../../components/Badge';
import type { Outcome as Kind } from '../../lib/scored';

export function Outcome({ of }: { of: Kind }) {
  if (of === 'unknown') return <Badge icon="unmeasured">no label</Badge>;
  return of === 'right' ? (
    <Badge tone="good" icon="check">
      right
    </Badge>
  ) : (
    <Badge tone="bad" icon="cross">
      wrong
    </Badge>
  );
}
