import { useState } from 'react';
import { Button } from '../../components/Button';
import { formatNumber } from '../../lib/format';
import { useNow } from '../../lib/useNow';

const TICK_MS = 100;

interface RunningProps {
  what?: string;
  onCancel: () => void;
}

/** A query that runs: for how long, and how to stop it. Mounted anew for each. */
export function Running({ what = 'Running', onCancel }: RunningProps) {
  const [since] = useState(() => Date.now());
  const now = useNow(TICK_MS);
  const seconds = Math.max(0, now - since) / 1000;
  return (
    <div className="sql-running">
      <span role="status" className="row">
        <span className="spinner" />
        {what}…
      </span>
      {/* Outside of the status: a screen reader must not count along. */}
      <span className="soft">
        {seconds < 60 ? seconds.toFixed(1) : formatNumber(Math.round(seconds))} s
      </span>
      <Button size="small" icon="stop" onPress={onCancel}>
        Cancel{what !== 'Running' && <span className="visually-hidden"> {what.toLowerCase()}</span>}
      </Button>
    </div>
  );
}
