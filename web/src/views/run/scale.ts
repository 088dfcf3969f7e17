// The time axis of the timeline: what is in sight, and where its marks are.

export interface Span {
  from: number;
  to: number;
}

/** All of a run, with a little room at its end. */
export function wholeSpan(starts: readonly { start: number; end: number }[], run: Span): Span {
  let { from, to } = run;
  for (const { start, end } of starts) {
    from = Math.min(from, start);
    to = Math.max(to, end);
  }
  const room = Math.max(1, (to - from) * 0.01);
  return { from, to: to + room };
}

const MIN_LENGTH_MS = 1;

/** Made shorter or longer around a moment, and never more than all. */
export function zoom(span: Span, factor: number, around: number, whole: Span): Span {
  const length = Math.max(MIN_LENGTH_MS, (span.to - span.from) * factor);
  if (length >= whole.to - whole.from) return whole;
  const share = (around - span.from) / (span.to - span.from);
  return within({ from: around - share * length, to: around + (1 - share) * length }, whole);
}

export function pan(span: Span, share: number, whole: Span): Span {
  const by = (span.to - span.from) * share;
  return within({ from: span.from + by, to: span.to + by }, whole);
}

/** Around an operation, with room on both sides. */
export function around({ start, end }: { start: number; end: number }, whole: Span): Span {
  const room = Math.max((end - start) * 0.1, (whole.to - whole.from) * 0.002, MIN_LENGTH_MS);
  return within({ from: start - room, to: end + room }, whole);
}

function within(span: Span, whole: Span): Span {
  const length = Math.min(span.to - span.from, whole.to - whole.from);
  const from = Math.min(Math.max(span.from, whole.from), whole.to - length);
  return { from, to: from + length };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48, 96].map((n) => n * HOUR),
];

export interface Tick {
  at: number;
  label: string;
}

/** Marks at round times since `zero`, about `most` of them. */
export function ticks({ from, to }: Span, zero: number, most = 8): Tick[] {
  const wanted = (to - from) / most;
  const step = STEPS.find((one) => one >= wanted) ?? Math.ceil(wanted / (24 * HOUR)) * 24 * HOUR;
  const result: Tick[] = [];
  for (let i = Math.ceil((from - zero) / step); zero + i * step <= to; i++) {
    result.push({ at: zero + i * step, label: sinceStart(i * step) });
  }
  return result;
}

/** `0 s`, `250 ms`, `1:30`, `2:00:00`. */
export function sinceStart(ms: number): string {
  if (ms === 0) return '0 s';
  if (Math.abs(ms) < SECOND || ms % SECOND !== 0) {
    return Math.abs(ms) < SECOND ? `${Math.round(ms)} ms` : `${Number((ms / SECOND).toFixed(3))} s`;
  }
  const seconds = Math.abs(ms) / SECOND;
  const sign = ms < 0 ? '−' : '';
  if (seconds < 60) return `${sign}${seconds} s`;
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return sign + (h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`);
}
