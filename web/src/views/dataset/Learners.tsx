import { useMemo } from 'react';
import { Link } from 'react-router';
import { Status } from '../../components/Badge';
import { Card } from '../../components/Card';
import type { Column } from '../../components/table/columns';
import { DataTable } from '../../components/table/DataTable';
import { formatInteger } from '../../lib/format';
import { to } from '../../lib/links';
import { shortClass, shortId } from '../../lib/names';
import { datasetName } from '../../lib/datasetName';
import type { Detail, Learner } from './types';

/** The API tells of no more. */
const MOST = 1000;
const rowId = (row: Learner) => row.model_id;

/** Every model that learnt from the dataset, or from anything that came of it. */
export function Learners({ detail }: { detail: Detail }) {
  const columns = useMemo(() => toColumns(detail), [detail]);
  const { length } = detail.models;
  return (
    <Card
      title={`Models built on it (${formatInteger(length)}${length >= MOST ? ' or more' : ''})`}
      isFlush={length > 0}
    >
      {length === 0 ? (
        <p className="soft">No model learnt from it, or from anything that came of it.</p>
      ) : (
        <DataTable
          label="Models built on it"
          columns={columns}
          rows={detail.models}
          rowId={rowId}
          maxHeight="480px"
        />
      )}
    </Card>
  );
}

function toColumns({ dataset, related }: Detail): Column<Learner>[] {
  const { project, dataset_id: own } = dataset;
  const names = new Map(related.map((one) => [one.dataset_id, datasetName(one)]));
  return [
    {
      id: 'model',
      header: 'Model',
      width: 220,
      value: (row) => shortClass(row.estimator ?? row.model_id),
      cell: (row) => (
        <Link
          to={to.model(row.model_id, project)}
          title={`${row.estimator ?? ''}\n${row.model_id}`}
        >
          <bdi>{shortClass(row.estimator ?? row.model_id)}</bdi>{' '}
          <span className="soft small">{shortId(row.model_id)}</span>
        </Link>
      ),
    },
    {
      id: 'role',
      header: 'Role',
      description: 'top: somebody asked for it; the others are parts of pipelines and searches',
      width: 100,
      value: (row) => row.role,
    },
    {
      id: 'dataset',
      header: 'Learnt from',
      width: 160,
      value: (row) => (row.dataset_id === own ? 'this dataset' : row.dataset_id),
      cell: ({ dataset_id: id }) => {
        if (id === null || id === undefined) return null;
        if (id === own) return 'this dataset';
        return <Link to={to.dataset(id, project)}>{names.get(id) ?? shortId(id)}</Link>;
      },
    },
    {
      id: 'status',
      header: 'Status',
      width: 120,
      value: (row) => row.status,
      cell: ({ status }) => (status ? <Status status={status} /> : null),
    },
    {
      id: 'run',
      header: 'Run',
      width: 110,
      value: (row) => row.run_id,
      cell: ({ run_id: id }) => (
        <Link to={to.run(id, project)} title={id}>
          {shortId(id)}
        </Link>
      ),
    },
    {
      id: 'started',
      header: 'Started',
      width: 110,
      kind: 'time',
      value: (row) => row.started_at,
    },
  ];
}
