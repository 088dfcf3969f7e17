import './display.css';

interface SparklineProps {
  /** In order; a gap is null. */
  values: readonly (number | null)[];
  /** What the line says, such as "AUC of the last 20 models, from 0.7 to 0.93". */
  label: string;
  width?: number;
  height?: number;
}

/** A line as small as a word. With one value it is a dot. */
export function Sparkline({ values, label, width = 80, height = 20 }: SparklineProps) {
  const points = toPoints(values, width, height);
  const last = points.at(-1);
  return (
    <svg className="sparkline" role="img" aria-label={label} width={width} height={height}>
      <path d={toPath(points)} fill="none" stroke="currentColor" strokeWidth={1.5} />
      {last && <circle cx={last.x} cy={last.y} r={2} fill="currentColor" />}
    </svg>
  );
}

interface SparkPoint {
  x: number;
  y: number;
  startsLine: boolean;
}

const MARGIN = 3;

function toPoints(values: readonly (number | null)[], width: number, height: number): SparkPoint[] {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  // Not `Math.min(...known)`: a long list overflows the stack.
  const low = known.reduce((a, b) => Math.min(a, b), Infinity);
  const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
  const step = (width - 2 * MARGIN) / Math.max(1, values.length - 1);
  const points: SparkPoint[] = [];
  let startsLine = true;
  values.forEach((value, i) => {
    if (value === null || !Number.isFinite(value)) {
      startsLine = true;
      return;
    }
    // Equal values are a line through the middle, not along an edge.
    const share = high === low ? 0.5 : (value - low) / (high - low);
    const y = height - MARGIN - share * (height - 2 * MARGIN);
    points.push({ x: MARGIN + i * step, y, startsLine });
    startsLine = false;
  });
  return points;
}

function toPath(points: readonly SparkPoint[]): string {
  return points
    .map(({ x, y, startsLine }) => `${startsLine ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('');
}
