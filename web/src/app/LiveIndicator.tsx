import { useLiveState, type Live, type LiveState } from './live';

const TEXTS: Record<LiveState, string> = {
  connecting: 'connecting',
  live: 'live',
  reconnecting: 'reconnecting',
  paused: 'paused',
};

export function LiveIndicator({ live }: { live: Live }) {
  const state = useLiveState(live);
  return (
    <span role="status" className="live" data-state={state}>
      {TEXTS[state]}
    </span>
  );
}
