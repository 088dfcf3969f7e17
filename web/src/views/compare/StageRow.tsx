import { Badge } from '../../components/Badge';
import { Truncated } from '../../components/Truncated';
import type { AlignedRow, Stage } from '../../lib/alignPipelines';
import { shortClass } from '../../lib/names';
import { paramText } from '../../lib/stages';

const STATUSES = {
  same: { text: 'same', icon: 'check', tone: 'neutral' },
  differs: { text: 'differs', icon: 'info', tone: 'info' },
  missing: { text: 'not in all', icon: 'minus', tone: 'warn' },
} as const;

const LISTED = 6;

/** A stage, aligned: what it is in each pipeline, and the parameters that are not the same. */
export function StageRow({ row, number }: { row: AlignedRow; number: number }) {
  const { text, icon, tone } = STATUSES[row.status];
  return (
    <tr data-differs={row.status === 'same' ? undefined : ''}>
      <th scope="row">
        <span className="row">
          Stage {number}
          <Badge tone={tone} icon={icon}>
            {text}
          </Badge>
        </span>
      </th>
      {row.stages.map((stage, i) => (
        <td key={i}>
          {stage ? (
            <StageCell stage={stage} differences={row.differences} />
          ) : (
            <span className="soft">no such stage</span>
          )}
        </td>
      ))}
    </tr>
  );
}

function StageCell({ stage, differences }: { stage: Stage; differences: readonly string[] }) {
  const [reads, writes] = [stage.input_columns ?? [], stage.output_columns ?? []];
  const columns =
    reads.length + writes.length === 0 ? '' : `${reads.join(', ')} → ${writes.join(', ')}`;
  const params = differences.filter((name) => stage.params && name in stage.params);
  return (
    <div className="stage-cell">
      <span title={stage.class ?? undefined}>{shortClass(stage.class ?? 'stage')}</span>
      {columns !== '' && (
        <span className="soft small">
          <Truncated>{columns}</Truncated>
        </span>
      )}
      {params.slice(0, LISTED).map((name) => (
        <span key={name} className="small">
          <Truncated>{`${name} = ${paramText(stage.params?.[name] ?? null)}`}</Truncated>
        </span>
      ))}
      {params.length > LISTED && (
        <span className="soft small">{params.length - LISTED} more parameters differ</span>
      )}
    </div>
  );
}
