import { useMemo } from 'react';
import { Link } from 'react-router';
import { Status } from '../../components/Badge';
import type { Column } from '../../components/table/columns';
import { DataTable } from '../../components/table/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { Value } from '../../components/Value';
import { to } from '../../lib/links';
import { shortClass, shortId } from '../../lib/names';
import { sinceStart } from './scale';
import { kindText, operationName, type Node } from './tree';

interface OperationTableProps {
  nodes: readonly Node[];
  project: string;
  zero: number;
}

const rowId = ({ operation }: Node) => operation.id;

/** The timeline's operations with all of their numbers. */
export function OperationTable({ nodes, project, zero }: OperationTableProps) {
  const columns = useMemo(() => toColumns(project, zero), [project, zero]);
  return (
    <DataTable
      label="Operations"
      columns={columns}
      rows={nodes}
      rowId={rowId}
      empty={<EmptyState title="No operation is of this kind" />}
    />
  );
}

function toColumns(project: string, zero: number): Column<Node>[] {
  return [
    { id: 'kind', header: 'Kind', width: 95, value: ({ operation }) => kindText(operation.kind) },
    {
      id: 'name',
      header: 'Name',
      width: 190,
      value: ({ operation }) => operationName(operation),
      cell: ({ operation }) => (
        <bdi className="truncated" title={operation.class ?? operation.detail ?? ''}>
          {operationName(operation)}
        </bdi>
      ),
    },
    { id: 'role', header: 'Role', width: 85, value: ({ operation }) => operation.role },
    {
      id: 'status',
      header: 'Status',
      width: 110,
      value: ({ operation }) => operation.status,
      cell: ({ operation: { status } }) => (status ? <Status status={status} /> : null),
    },
    {
      id: 'value',
      header: 'Value',
      width: 90,
      align: 'end',
      value: ({ operation }) => operation.value,
    },
    {
      id: 'model',
      header: 'Model',
      width: 110,
      value: ({ operation }) => operation.model_id,
      cell: ({ operation: { model_id: id } }) =>
        id ? (
          <Link to={to.model(id, project)} title={id}>
            {shortId(id)}
          </Link>
        ) : null,
    },
    {
      id: 'start',
      header: 'At',
      description: 'Time since the run began',
      width: 90,
      align: 'end',
      value: ({ start }) => start - zero,
      cell: ({ start }) => sinceStart(Math.round((start - zero) / 100) * 100),
    },
    {
      id: 'duration',
      header: 'Took',
      width: 95,
      align: 'end',
      value: ({ start, end }) => (end > start ? end - start : undefined),
      cell: ({ start, end }) =>
        end > start ? <Value of={Math.round(end - start)} kind="duration" /> : null,
    },
    number('jobs', 'Jobs', ({ operation }) => operation.jobs),
    number('tasks', 'Tasks', ({ operation }) => operation.tasks),
    number('failed', 'Failed tasks', ({ operation }) => operation.failed_tasks),
    {
      ...number('executor', 'Executor time', ({ operation }) => operation.executor_ms),
      kind: 'duration',
      width: 115,
    },
    { ...number('read', 'Read', ({ operation }) => operation.bytes_read), kind: 'bytes' },
    { ...number('shuffle', 'Shuffled', ({ operation }) => operation.shuffle_bytes), kind: 'bytes' },
    {
      id: 'error',
      header: 'Error',
      width: 200,
      value: ({ operation }) => operation.error,
    },
    {
      id: 'class',
      header: 'Class',
      width: 160,
      value: ({ operation }) => (operation.class ? shortClass(operation.class) : undefined),
    },
  ];
}

function number(id: string, header: string, value: (node: Node) => unknown): Column<Node> {
  return { id, header, width: 90, align: 'end', kind: 'integer', value };
}
