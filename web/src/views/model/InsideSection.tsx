import { useMemo } from 'react';
import { Link } from 'react-router';
import { Status } from '../../components/Badge';
import { ClassName } from '../../components/ClassName';
import { Id } from '../../components/Id';
import type { Column } from '../../components/table/columns';
import { DataTable } from '../../components/table/DataTable';
import { Value } from '../../components/Value';
import { formatInteger } from '../../lib/format';
import { LISTED_MAX } from '../../lib/limits';
import { to } from '../../lib/links';
import { toFinite } from '../../lib/numbers';
import { Section } from './Section';
import type { Model } from './useModel';

const rowId = (model: Model) => model.model_id;

/** Fits that happened inside this one. */
export function InsideSection({ inside, project }: { inside: readonly Model[]; project: string }) {
  const columns = useMemo(() => toColumns(project), [project]);
  return (
    <Section id="inside" title="Fits inside" isFlush>
      {inside.length >= LISTED_MAX && (
        <p className="section-note soft small">
          The first {formatInteger(LISTED_MAX)}; there may be more.
        </p>
      )}
      <DataTable
        label="List of fits inside"
        columns={columns}
        rows={inside}
        rowId={rowId}
        maxHeight="400px"
      />
    </Section>
  );
}

function toColumns(project: string): Column<Model>[] {
  return [
    { id: 'place', header: 'As', width: 170, value: placeOf },
    {
      id: 'estimator',
      header: 'Class',
      width: 220,
      value: ({ estimator }) => estimator,
      cell: ({ model_id, estimator }) => (
        <Link to={to.model(model_id, project)}>
          <ClassName of={estimator} />
        </Link>
      ),
    },
    {
      id: 'id',
      header: 'Model',
      value: rowId,
      cell: ({ model_id }) => <Id of={model_id} href={to.model(model_id, project)} />,
    },
    {
      id: 'status',
      header: 'Status',
      width: 120,
      value: ({ status }) => status,
      cell: ({ status }) => <Status status={status ?? 'unknown'} />,
    },
    {
      id: 'time',
      header: 'Time to fit',
      width: 110,
      align: 'end',
      value: ({ duration_ms }) => toFinite(duration_ms),
      cell: ({ duration_ms }) => <Value of={toFinite(duration_ms)} kind="duration" />,
    },
  ];
}

/** `stage 3`, `candidate 2, fold 1`, `best`. */
function placeOf({ role, stage_index, candidate_index, fold }: Model): string {
  const parts: string[] = [];
  if (role === 'best') parts.push('best');
  if (typeof stage_index === 'number') parts.push(`stage ${stage_index + 1}`);
  if (typeof candidate_index === 'number') parts.push(`candidate ${candidate_index + 1}`);
  if (typeof fold === 'number') parts.push(`fold ${fold + 1}`);
  return parts.length > 0 ? parts.join(', ') : (role ?? 'fit');
}
