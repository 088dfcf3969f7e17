import {
  formatBytes,
  formatDuration,
  formatInteger,
  formatNumber,
  formatPlain,
  formatRelative,
  formatUtc,
} from '../lib/format';
import { Truncated } from './Truncated';

export type ValueKind = 'auto' | 'integer' | 'duration' | 'bytes' | 'time';

interface ValueProps {
  of: unknown;
  /** How to read a number (`duration` in milliseconds) or a text (`time`); `auto` goes by its type. */
  kind?: ValueKind;
  /** Significant digits of a number. */
  digits?: number;
}

/** Any value as people read it, with all of it in the title. */
export function Value({ of: value, kind = 'auto', digits }: ValueProps) {
  if (value === null || value === undefined) return <None />;
  if (kind === 'time') return <Time of={value} />;
  if (typeof value === 'number' || typeof value === 'bigint') {
    const number = Number(value);
    return <span title={withUnit(value, kind)}>{numberText(number, kind, digits)}</span>;
  }
  if (typeof value === 'boolean') return <>{value ? 'true' : 'false'}</>;
  if (Array.isArray(value)) {
    if (value.length === 0) return <None label="empty list" />;
    return <Truncated>{value.map(formatPlain).join(', ')}</Truncated>;
  }
  return <Truncated>{formatPlain(value)}</Truncated>;
}

function None({ label = 'none' }: { label?: string }) {
  return (
    <span role="img" aria-label={label} className="soft">
      –
    </span>
  );
}

function Time({ of: value }: { of: unknown }) {
  const time = value instanceof Date ? value : new Date(value as string | number);
  if (Number.isNaN(time.getTime())) return <Truncated>{formatPlain(value)}</Truncated>;
  return (
    <time dateTime={time.toISOString()} title={formatUtc(time)}>
      {formatRelative(time, new Date())}
    </time>
  );
}

function numberText(value: number, kind: ValueKind, digits: number | undefined): string {
  if (kind === 'duration') return formatDuration(value);
  if (kind === 'bytes') return formatBytes(value);
  if (kind === 'integer') return formatInteger(value);
  return formatNumber(value, digits);
}

function withUnit(value: number | bigint, kind: ValueKind): string {
  if (kind === 'duration') return `${value} ms`;
  if (kind === 'bytes') return `${value} bytes`;
  return String(value);
}
