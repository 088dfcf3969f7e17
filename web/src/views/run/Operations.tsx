import { useCallback, useMemo, useState } from 'react';
import { Button, IconButton } from '../../components/Button';
import { Card } from '../../components/Card';
import { Checkbox } from '../../components/Checkbox';
import { MultiSelect } from '../../components/MultiSelect';
import { Tabs } from '../../components/Tabs';
import { formatInteger } from '../../lib/format';
import { useUrlState } from '../../lib/url';
import { OperationPanel } from './OperationPanel';
import { OperationTable } from './OperationTable';
import { around, wholeSpan, zoom, type Span } from './scale';
import { readSpan, writeSpan } from './span';
import { Timeline } from './Timeline';
import { ancestorsOf, closedOf, flatten, keep, toTree, type Node } from './tree';
import type { Detail, Run } from './types';
import { useSelection } from './useSelection';

const KINDS = [
  { id: 'fit', label: 'fits' },
  { id: 'transform', label: 'transforms' },
  { id: 'evaluate', label: 'evaluations' },
  { id: 'save', label: 'saves' },
];
const NOT_RUNNING = 0;

/**
 * What a run did: on a time axis, and the same as a table. `now` is when the detail was read: what
 * still runs is drawn until then.
 */
export function Operations({ detail, now }: { detail: Detail; now: number }) {
  const { operations, run } = detail;
  const isRunning = run.status === 'running';
  const roots = useMemo(
    () => toTree(operations, isRunning ? now : (endOf(run) ?? NOT_RUNNING)),
    [operations, isRunning, now, run],
  );
  const all = useMemo(() => flatten(roots, new Set()), [roots]);
  const zero = Date.parse(run.started_at ?? '') || (all[0]?.start ?? 0);
  const whole = useMemo(
    () => wholeSpan(all, { from: zero, to: isRunning ? now : (endOf(run) ?? zero + 1) }),
    [all, zero, isRunning, now, run],
  );

  const [kinds, setKinds] = useUrlState<string[]>('kinds', []);
  const [failedOnly, setFailedOnly] = useUrlState('failed', false);
  const [selected, setSelected] = useSelection('operation');
  const [view, setView] = useUrlState('view', 'timeline');
  const [spanText, setSpanText] = useUrlState('span', '');
  const span = useMemo(() => readSpan(spanText, zero, whole), [spanText, zero, whole]);
  const setSpan = (next: Span) => setSpanText(writeSpan(next, zero, whole));

  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const chosen = all.find(({ operation }) => operation.id === selected);
  const closed = useMemo(() => closedOf(all, toggled, chosen), [all, toggled, chosen]);
  const kept = useMemo(
    () =>
      kinds.length === 0 && !failedOnly
        ? roots
        : keep(roots, (node) => isKept(node, kinds, failedOnly)),
    [roots, kinds, failedOnly],
  );
  const rows = useMemo(() => flatten(kept, closed), [kept, closed]);
  const flat = useMemo(
    () => all.filter((node) => isKept(node, kinds, failedOnly)),
    [all, kinds, failedOnly],
  );
  const failures = all.filter(({ operation }) => operation.status === 'failed').length;
  const centre = chosen ? (chosen.start + chosen.end) / 2 : (span.from + span.to) / 2;

  const toggle = useCallback(
    (id: string) => {
      // What is selected is always in sight, so closing what is around it selects that.
      if (ancestorsOf(chosen).has(id)) setSelected(id);
      setToggled((old) => {
        const next = new Set(old);
        if (!next.delete(id)) next.add(id);
        return next;
      });
    },
    [chosen, setSelected],
  );

  const filters = (
    <div className="row">
      <MultiSelect
        label="Kinds"
        hideLabel
        options={KINDS}
        value={kinds}
        onChange={setKinds}
        placeholder="All kinds"
      />
      {(failures > 0 || failedOnly) && (
        <Checkbox isSelected={failedOnly} onChange={setFailedOnly}>
          Failures only ({formatInteger(failures)})
        </Checkbox>
      )}
    </div>
  );

  const timeline = (
    <div className="stack">
      <div className="operations-tools">
        {filters}
        <div className="row">
          <Button
            size="small"
            isDisabled={!chosen}
            onPress={() => chosen && setSpan(around(chosen, whole))}
          >
            Zoom to selection
          </Button>
          <IconButton
            icon="minus"
            label="Zoom out"
            size="small"
            onPress={() => setSpan(zoom(span, 2, centre, whole))}
          />
          <IconButton
            icon="plus"
            label="Zoom in"
            size="small"
            onPress={() => setSpan(zoom(span, 0.5, centre, whole))}
          />
          <IconButton icon="fit" label="Show all" size="small" onPress={() => setSpan(whole)} />
        </div>
      </div>
      <div className="operations-body">
        {rows.length === 0 ? (
          <p className="soft">No operation is of this kind.</p>
        ) : (
          <Timeline
            rows={rows}
            closed={closed}
            onToggle={toggle}
            selected={selected}
            onSelect={setSelected}
            span={span}
            whole={whole}
            zero={zero}
            onSpan={setSpan}
          />
        )}
        <OperationPanel node={chosen} project={run.project} zero={zero} />
      </div>
    </div>
  );

  return (
    <Card title={`Operations (${formatInteger(all.length)}${detail.truncated ? ' or more' : ''})`}>
      {detail.truncated && (
        <p className="soft">
          The first {formatInteger(all.length)} are shown; all of them are in the relations{' '}
          <code>models</code>, <code>transforms</code>, <code>metrics</code> and{' '}
          <code>artifacts</code>.
        </p>
      )}
      {all.length === 0 ? (
        <p className="soft">
          {isRunning
            ? 'Nothing was fitted, scored or saved so far.'
            : 'It fitted and saved nothing.'}
        </p>
      ) : (
        <Tabs
          label="Operations as"
          selected={view === 'table' ? 'table' : 'timeline'}
          onChange={setView}
          items={[
            { id: 'timeline', label: 'Timeline', content: timeline },
            {
              id: 'table',
              label: 'Table',
              content: (
                <div className="stack">
                  {filters}
                  <OperationTable nodes={flat} project={run.project} zero={zero} />
                </div>
              ),
            },
          ]}
        />
      )}
    </Card>
  );
}

function endOf(run: Run): number | undefined {
  return Date.parse(run.ended_at ?? '') || undefined;
}

function isKept({ operation }: Node, kinds: readonly string[], failedOnly: boolean): boolean {
  if (failedOnly && operation.status !== 'failed') return false;
  return kinds.length === 0 || kinds.includes(operation.kind);
}
