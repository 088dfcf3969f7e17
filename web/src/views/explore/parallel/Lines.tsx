import { memo, useMemo } from 'react';
import { useNavigate } from 'react-router';
import { Button } from '../../../components/Button';
import { to } from '../../../lib/links';
import { useExplorer } from '../context';
import type { Field } from '../fields';
import { useFilterEditing } from '../filterEditing';
import { newFilter } from '../newFilter';
import type { AnswerRow } from '../series';
import { useWidth } from '../useWidth';
import type { Axis } from './axis';
import { AxisBrush } from './AxisBrush';
import './parallel.css';

const HEIGHT = 340;
const TOP = 14;
/** Models without a value go through a place below the axis. */
const MISSING = 34;
/** Names of the first axis stand left of it. */
const SIDE = 120;
const RIGHT = 80;
const MIN_GAP = 120;

interface LinesProps {
  axes: readonly Axis[];
  rows: readonly AnswerRow[];
  metric: Field | undefined;
}

export function Lines({ axes, rows, metric }: LinesProps) {
  const { project, spec } = useExplorer();
  const edit = useFilterEditing();
  const { ref, width: room } = useWidth<HTMLDivElement>();
  const gap = axes.length < 2 ? 0 : Math.max(MIN_GAP, (room - SIDE - RIGHT) / (axes.length - 1));
  const width = Math.max(room, SIDE + RIGHT + gap * (axes.length - 1));
  const hasMissing = axes.some((axis, i) => rows.some((row) => axis.at(row[i + 1]) === null));
  const height = TOP + HEIGHT + (hasMissing ? MISSING : 0) + 12;
  const lines = useMemo(() => makeLines(axes, rows, gap, metric), [axes, rows, gap, metric]);

  return (
    <div className="parallel" ref={ref}>
      <div style={{ width }}>
        <div className="parallel-heads">
          {axes.map(({ field }, i) => (
            <div
              key={field.id}
              className="parallel-head"
              style={{ left: SIDE + i * gap, maxWidth: Math.max(MIN_GAP, gap) - 8 }}
            >
              <Button
                size="small"
                variant="quiet"
                onPress={() =>
                  edit(spec.filters.find((filter) => filter.field === field.id) ?? newFilter(field))
                }
              >
                <bdi className="shelf-item-title" title={`${field.label.slice(0, 500)}: filter…`}>
                  <span className="visually-hidden">Filter by </span>
                  {field.label.slice(0, 100)}
                </bdi>
              </Button>
            </div>
          ))}
        </div>
        <div role="img" aria-label={describe(axes, rows)}>
          <svg aria-hidden="true" width={width} height={height} className="parallel-plot">
            <Paths lines={lines} project={project} />
            {axes.map((axis, i) => (
              <AxisBrush
                key={axis.field.id}
                axis={axis}
                x={SIDE + i * gap}
                top={TOP}
                height={HEIGHT}
                isLast={i === axes.length - 1}
              />
            ))}
            {hasMissing && (
              <text x={4} y={TOP + HEIGHT + MISSING} className="parallel-missing">
                no value
              </text>
            )}
          </svg>
        </div>
      </div>
    </div>
  );
}

interface Line {
  id: string;
  path: string;
  /** 0 to 1, the best at 1. */
  strength: number;
}

function makeLines(
  axes: readonly Axis[],
  rows: readonly AnswerRow[],
  gap: number,
  metric: Field | undefined,
): Line[] {
  const last = axes.length;
  const better = metric?.larger_is_better === false ? -1 : 1;
  const measured = axes[last - 1];
  const ordered = rows.map((row): Line => {
    const points = axes.map((axis, i) => {
      const at = axis.at(row[i + 1]);
      const y = at === null ? TOP + HEIGHT + MISSING - 4 : TOP + (1 - at) * HEIGHT;
      return `${(SIDE + i * gap).toFixed(1)} ${y.toFixed(1)}`;
    });
    const value = metric && measured ? measured.at(row[last]) : null;
    const strength = value === null ? 0.5 : better > 0 ? value : 1 - value;
    return { id: String(row[0]), path: `M${points.join('L')}`, strength };
  });
  // The best are drawn last, above the others.
  return ordered.sort((a, b) => a.strength - b.strength);
}

/** Five hundred paths that a brush must not draw anew at every move. */
const Paths = memo(function Paths({ lines, project }: { lines: Line[]; project: string }) {
  const navigate = useNavigate();
  return (
    <g>
      {lines.map(({ id, path, strength }) => (
        <path
          key={id}
          d={path}
          className="parallel-line"
          style={{
            ['--strength' as string]: `${Math.round(15 + 85 * strength)}%`,
            strokeOpacity: 0.25 + 0.65 * strength,
          }}
          onClick={() => void navigate(to.model(id, project))}
        >
          <title>{id}</title>
        </path>
      ))}
    </g>
  );
});

function describe(axes: readonly Axis[], rows: readonly AnswerRow[]): string {
  const names = axes.map(({ field }) => field.label.slice(0, 80));
  return `Parallel coordinates of ${rows.length} models over ${names.join(', ')}. The table has the same numbers.`;
}
