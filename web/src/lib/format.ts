// How values read. Every function is pure; where "now" matters it is a parameter.

const DEFAULT_DIGITS = 4;

/** `digits` significant digits; very large and very small numbers in scientific notation. */
export function formatNumber(value: number, digits = DEFAULT_DIGITS): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-4) {
    return minus(value.toExponential(digits - 1).replace(/\.?0+e/, 'e'));
  }
  // An integer is exact: rounding 123,456 rows to 123,500 would be wrong.
  if (Number.isInteger(value)) return formatInteger(value);
  return size >= 10 ** digits ? formatInteger(value) : minus(significant(digits).format(value));
}

const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function formatInteger(value: number): string {
  return minus(integers.format(value));
}

// Kept: making one takes a hundred times as long as using it, and a table has thousands of numbers.
const formatters = new Map<number, Intl.NumberFormat>();

function significant(digits: number): Intl.NumberFormat {
  const known = formatters.get(digits);
  if (known) return known;
  const made = new Intl.NumberFormat('en-US', { maximumSignificantDigits: digits });
  formatters.set(digits, made);
  return made;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

export function formatBytes(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (Math.abs(size) >= 999.5 && unit < BYTE_UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${formatNumber(size, 3)} ${BYTE_UNITS[unit] ?? ''}`;
}

/** The two largest units that matter: `850 ms`, `12.3 s`, `4 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  const sign = milliseconds < 0 ? '−' : '';
  const ms = Math.abs(milliseconds);
  if (ms < 999.5) return `${sign}${formatNumber(ms, 3)} ms`;
  if (ms < 59_950) return `${sign}${formatNumber(ms / 1000, 3)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return sign + pair(seconds, 60, 'min', 's');
  if (seconds < 86_400) return sign + pair(Math.round(seconds / 60), 60, 'h', 'min');
  return sign + pair(Math.round(seconds / 3600), 24, 'd', 'h');
}

function pair(total: number, ratio: number, large: string, small: string): string {
  const rest = total % ratio;
  const head = `${Math.floor(total / ratio)} ${large}`;
  return rest === 0 ? head : `${head} ${rest} ${small}`;
}

const AGES: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

/** `5 min. ago`, `yesterday`, `in 3 hr.`; under a minute `just now`. */
export function formatRelative(time: Date, now: Date): string {
  const seconds = (time.getTime() - now.getTime()) / 1000;
  for (const [unit, length] of AGES) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return 'just now';
}

/** `2026-11-29 09:47:37 UTC`: sorts as text, means the same everywhere. */
export function formatUtc(time: Date): string {
  if (Number.isNaN(time.getTime())) return 'invalid time';
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Any value as plain text, complete: for titles, clipboards and exported cells. */
export function formatPlain(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return String(value);
  }
  if (value instanceof Date) return formatUtc(value);
  return JSON.stringify(value);
}

function minus(text: string): string {
  return text.replace(/^-/, '−');
}
