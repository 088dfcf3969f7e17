import { useMemo } from 'react';
import { Truncated } from '../../components/Truncated';
import { Value } from '../../components/Value';
import { sliceLabel } from '../../query/fieldRef';
import { DeltaBadge } from './DeltaBadge';
import { compareWorks, type Change, type MetricPair } from './differ';
import { workName } from './names';
import type { Work, WorkGraph } from './work';

/** What was done differently between two states, and what it did to the metrics. */
export function Differences({ graph, a, b }: { graph: WorkGraph; a: Work; b: Work }) {
  const comparison = useMemo(() => compareWorks(graph, a, b), [graph, a, b]);
  const { common, changes, onlyA, onlyB, metrics } = comparison;
  const split = common === undefined ? undefined : graph.works.get(common);
  return (
    <div className="stack" role="status">
      <p className="soft">
        {split ? (
          <>
            Both come from <bdi>{workName(split)}</bdi>.
          </>
        ) : (
          'They have no state in common among those that are shown.'
        )}{' '}
        {changes.length === 0 && 'Their classes and parameters are the same; their input differs.'}
      </p>
      {changes.length > 0 && (
        <table className="diff" aria-label="What was done differently">
          <thead>
            <tr>
              <th scope="col">Changed</th>
              <th scope="col">First</th>
              <th scope="col">Second</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((change) => (
              <ChangeRow key={`${change.of ?? ''} ${change.name}`} change={change} />
            ))}
          </tbody>
        </table>
      )}
      <Steps label="Only in the first" steps={onlyA} />
      <Steps label="Only in the second" steps={onlyB} />
      {metrics.length > 0 && (
        <table className="diff" aria-label="Metrics">
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col" className="number">
                First
              </th>
              <th scope="col" className="number">
                Second
              </th>
              <th scope="col">Change</th>
            </tr>
          </thead>
          <tbody>
            {metrics.map((pair) => (
              <MetricRow key={pair.key} pair={pair} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function ChangeRow({ change: { of, name, from, to } }: { change: Change }) {
  return (
    <tr>
      <th scope="row">
        {of !== undefined && <span className="soft">{of} · </span>}
        <bdi>{name}</bdi>
      </th>
      <td>
        <Text of={from} />
      </td>
      <td>
        <Text of={to} />
      </td>
    </tr>
  );
}

function Text({ of }: { of: string | null }) {
  return of === null ? <Value of={null} /> : <Truncated>{of}</Truncated>;
}

function MetricRow({ pair: { a, b, delta } }: { pair: MetricPair }) {
  const measured = a ?? b;
  if (!measured) return null;
  return (
    <tr>
      <th scope="row">
        <bdi>{measured.name}</bdi>
        {measured.slice !== null && (
          <span className="soft"> where {sliceLabel(measured.slice)}</span>
        )}
      </th>
      <td className="number">
        <Value of={a?.value} />
      </td>
      <td className="number">
        <Value of={b?.value} />
      </td>
      <td>{delta ? <DeltaBadge delta={delta} /> : <span className="soft">not in both</span>}</td>
    </tr>
  );
}

function Steps({ label, steps }: { label: string; steps: readonly string[] }) {
  if (steps.length === 0) return null;
  return (
    <p>
      <span className="soft">{label}: </span>
      <bdi>{steps.join(' → ')}</bdi>
    </p>
  );
}
