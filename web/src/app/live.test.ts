import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Live } from './live';

class FakeSource extends EventTarget {
  closed = false;
  close() {
    this.closed = true;
  }
  say(type: string, data?: unknown) {
    this.dispatchEvent(
      data === undefined ? new Event(type) : new MessageEvent(type, { data: JSON.stringify(data) }),
    );
  }
}

let sources: FakeSource[];
let live: Live;
const changed = vi.fn();
const last = () => {
  const source = sources.at(-1);
  if (!source) throw new Error('no connection');
  return source;
};

function hide(hidden: boolean) {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(() => {
  vi.useFakeTimers();
  changed.mockClear();
  sources = [];
  live = new Live(changed, () => {
    const source = new FakeSource();
    sources.push(source);
    return source as unknown as EventSource;
  });
  live.start();
});
afterEach(() => {
  live.stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it('refreshes at most once in two seconds and never forgets the last change', () => {
  last().say('open');
  expect(live.state).toBe('live');
  last().say('changed', { version: 1 });
  vi.advanceTimersByTime(0);
  expect(changed).toHaveBeenCalledTimes(1);
  for (let version = 2; version < 20; version++) last().say('changed', { version });
  vi.advanceTimersByTime(1_900);
  expect(changed).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(200);
  expect(changed).toHaveBeenCalledTimes(2);
});

it('does not refresh for a version that it knows', () => {
  last().say('open');
  last().say('changed', { version: 7 });
  vi.advanceTimersByTime(5_000);
  last().say('changed', { version: 7 });
  vi.advanceTimersByTime(5_000);
  expect(changed).toHaveBeenCalledTimes(1);
});

it('backs off, and refreshes when it is back', () => {
  last().say('open');
  last().say('error');
  expect(live.state).toBe('reconnecting');
  vi.advanceTimersByTime(1_000);
  expect(sources).toHaveLength(2);
  last().say('error');
  vi.advanceTimersByTime(1_000);
  expect(sources).toHaveLength(2);
  vi.advanceTimersByTime(1_000);
  expect(sources).toHaveLength(3);
  last().say('open');
  vi.advanceTimersByTime(0);
  expect(live.state).toBe('live');
  expect(changed).toHaveBeenCalledTimes(1);
});

it('pauses while the page is hidden', () => {
  last().say('open');
  hide(true);
  expect(live.state).toBe('paused');
  expect(last().closed).toBe(true);
  hide(false);
  expect(sources).toHaveLength(2);
  last().say('open');
  vi.advanceTimersByTime(0);
  expect(changed).toHaveBeenCalledTimes(1);
});
