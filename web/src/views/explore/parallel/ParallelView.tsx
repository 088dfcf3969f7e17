import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { TableToggle } from '../../../components/chart/TableToggle';
import { DataTable } from '../../../components/table/DataTable';
import type { Column } from '../../../components/table/columns';
import { Truncated } from '../../../components/Truncated';
import { Value } from '../../../components/Value';
import { to } from '../../../lib/links';
import { shortClass, shortId } from '../../../lib/names';
import { useExplorer } from '../context';
import { isClass, isNumber } from '../fields';
import { answerRows, type AnswerRow } from '../series';
import { directionText } from '../words';
import { makeAxis } from './axis';
import { Lines } from './Lines';
import type { Shown } from './defaultAxes';

export function ParallelView({ answer, axes, metric }: Shown) {
  const { project } = useExplorer();
  const [isTable, setTable] = useState(false);
  const shownFields = useMemo(() => (metric ? [...axes, metric] : [...axes]), [axes, metric]);
  const rows = answerRows(answer);
  const scales = useMemo(
    () =>
      shownFields.map((field, i) =>
        makeAxis(
          field,
          rows.map((row) => row[i + 1]),
        ),
      ),
    [shownFields, rows],
  );
  const columns = useMemo((): Column<AnswerRow>[] => {
    const values = shownFields.map((field, i): Column<AnswerRow> => ({
      id: field.id,
      header: field.label,
      value: (row) => row[i + 1],
      cell: (row) => {
        const value = row[i + 1];
        return typeof value === 'string' && isClass(field) ? (
          <Truncated>{shortClass(value)}</Truncated>
        ) : (
          <Value of={value} />
        );
      },
      ...(isNumber(field) && { align: 'end' as const }),
    }));
    return [
      {
        id: 'model_id',
        header: 'model',
        value: (row) => row[0],
        cell: (row) => (
          <Link to={to.model(String(row[0]), project)} title={String(row[0])}>
            {shortId(String(row[0]))}
          </Link>
        ),
      },
      ...values,
    ];
  }, [shownFields, project]);

  return (
    <figure className="chart">
      <div className="chart-head">
        <figcaption className="small">
          {metric ? legend(directionText(metric)) : 'A line opens its model.'}
        </figcaption>
        <TableToggle isTable={isTable} onChange={setTable} />
      </div>
      {isTable ? (
        <DataTable
          label="Models and their parameters"
          columns={columns}
          rows={rows}
          rowId={modelId}
          onCellDrag={modelCell}
          maxHeight="520px"
        />
      ) : (
        <Lines axes={scales} rows={rows} metric={metric} />
      )}
    </figure>
  );
}

function legend(direction: string): string {
  const better =
    direction === '' ? 'stronger lines have larger values' : 'stronger lines are better';
  return `A line opens its model; ${better}.`;
}

const modelId = (row: AnswerRow) => String(row[0]);
const modelCell = () => null;
