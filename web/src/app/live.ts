// Keeps what is on the screen true: the agent says that something changed, active queries refetch.
//
// One EventSource for the page. It pauses while the page is hidden (browsers allow six connections
// to a host, and a forgotten tab should cost the agent nothing), and comes back with a refetch,
// because what happened in between is unknown.

import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'paused';

const MIN_REFRESH_MS = 2_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

export class Live {
  #state: LiveState = 'connecting';
  #listeners = new Set<() => void>();
  #source: EventSource | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #version: number | undefined;
  #refreshAt = 0;
  #refresh: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly onChange: () => void,
    private readonly open: () => EventSource = () => new EventSource('/api/v1/events'),
  ) {}

  get state(): LiveState {
    return this.#state;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
    this.#onVisibility();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#close();
    clearTimeout(this.#refresh);
    this.#refresh = undefined;
  }

  #onVisibility = (): void => {
    if (document.hidden) {
      this.#close();
      this.#set('paused');
    } else if (!this.#source) {
      this.#connect();
    }
  };

  #connect(): void {
    clearTimeout(this.#retry);
    const first = this.#state === 'connecting';
    if (!first) this.#set('reconnecting');
    const source = this.open();
    this.#source = source;
    source.addEventListener('open', () => {
      this.#failures = 0;
      if (this.#state !== 'connecting') this.#schedule();
      this.#set('live');
    });
    source.addEventListener('changed', (event: MessageEvent<string>) => this.#changed(event.data));
    // The browser's own retry gives up for good on an HTTP error, so all retries are ours.
    source.addEventListener('error', () => {
      this.#close();
      this.#set('reconnecting');
      const wait = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, MAX_RETRY_MS);
      this.#failures += 1;
      this.#retry = setTimeout(() => this.#connect(), wait);
    });
  }

  #close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
  }

  #changed(data: string): void {
    const version = readVersion(data);
    // The agent repeats its version when a page connects.
    if (version !== undefined && version === this.#version) return;
    this.#version = version;
    this.#schedule();
  }

  /** At most one refresh in `MIN_REFRESH_MS`; the last change is never left out. */
  #schedule(): void {
    if (this.#refresh !== undefined) return;
    const wait = Math.max(0, this.#refreshAt - Date.now());
    this.#refresh = setTimeout(() => {
      this.#refresh = undefined;
      this.#refreshAt = Date.now() + MIN_REFRESH_MS;
      this.onChange();
    }, wait);
  }

  #set(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function readVersion(data: string): number | undefined {
  try {
    const event: unknown = JSON.parse(data);
    if (typeof event === 'object' && event !== null && 'version' in event) {
      return typeof event.version === 'number' ? event.version : undefined;
    }
  } catch {
    // An event that cannot be read still says that something happened.
  }
  return undefined;
}

/**
 * Refetches what is on the screen. A query whose answer cannot change opts out with
 * `meta: { live: false }`. Running fetches go on: cancelling them every two seconds would let a
 * slow one never finish.
 */
export function refreshQueries(client: QueryClient): void {
  void client.invalidateQueries(
    { predicate: (query) => query.meta?.['live'] !== false },
    { cancelRefetch: false },
  );
}

export function useLiveState(live: Live): LiveState {
  return useSyncExternalStore(live.subscribe, () => live.state);
}
