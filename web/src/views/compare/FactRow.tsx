import type { ReactNode } from 'react';
import { Icon } from '../../components/Icon';
import { Truncated } from '../../components/Truncated';
import { Value } from '../../components/Value';
import { formatNumber } from '../../lib/format';
import { shortClass } from '../../lib/names';
import { RowName } from './RowName';
import { differs, type Row } from './rows';

/** Names of what the agent compares, where they are not words already. */
const NAMES: Readonly<Record<string, string>> = {
  duration_ms: 'duration',
  source_uris: 'sources',
  label_column: 'label column',
  prediction_column: 'prediction column',
  model_class: 'model class',
  problem_type: 'problem',
  run_id: 'run',
  row_count: 'rows',
};

export function FactRow({ row }: { row: Row }) {
  const name =
    row.id.startsWith('metric ') || row.id.startsWith('param ')
      ? row.name
      : (NAMES[row.name] ?? row.name);
  return (
    <RowFrame row={row} name={<RowName name={name} />}>
      {row.values.map((value, i) => (
        <td key={i}>
          <FactCell row={row} value={value} at={i} />
        </td>
      ))}
    </RowFrame>
  );
}

/** Whether each model has something, such as a source column. */
export function FlagRow({ row, name }: { row: Row; name: ReactNode }) {
  return (
    <RowFrame row={row} name={name}>
      {row.values.map((value, i) => (
        <td key={i}>
          {value === null ? (
            <span className="compare-flag soft">
              <Icon name="minus" size={12} /> no
            </span>
          ) : (
            <span className="compare-flag">
              <Icon name="check" size={12} /> yes
            </span>
          )}
        </td>
      ))}
    </RowFrame>
  );
}

function RowFrame({ row, name, children }: { row: Row; name: ReactNode; children: ReactNode }) {
  return (
    <tr data-differs={differs(row) ? '' : undefined}>
      <th scope="row">
        {name}
        {row.detail !== undefined && (
          <span className="compare-detail soft small">
            <RowName name={row.detail} />
          </span>
        )}
        {differs(row) && <span className="visually-hidden"> (differs)</span>}
      </th>
      {children}
    </tr>
  );
}

function FactCell({ row, value, at }: { row: Row; value: string | null; at: number }) {
  const number = row.numbers[at];
  if (value === null) return <Value of={null} />;
  if (number === undefined) return <Truncated>{shortClass(value)}</Truncated>;
  const isBest = row.best.includes(at);
  return (
    <span className="compare-number" data-best={isBest ? '' : undefined}>
      <Value of={number} kind={row.name === 'duration_ms' ? 'duration' : 'auto'} />
      {isBest && (
        <span className="compare-best">
          <Icon name="check" size={12} /> best
        </span>
      )}
      {at > 0 && row.isLargerBetter !== undefined && (
        <Difference from={row.numbers[0]} to={number} />
      )}
    </span>
  );
}

/** How far a metric is from the reference's. */
function Difference({ from, to }: { from: number | undefined; to: number }) {
  if (from === undefined || from === to) return null;
  const difference = to - from;
  if (!Number.isFinite(difference)) return null;
  return (
    <span className="soft small" title="Difference from the reference">
      {difference > 0 && '+'}
      {formatNumber(difference, 3)}
    </span>
  );
}
