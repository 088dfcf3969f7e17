import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import type { ChartRow } from '../../components/chart/types';
import type { CellPayload } from '../../components/table/cellDrag';
import { DataTable } from '../../components/table/DataTable';
import { useExplorer } from './context';
import { modelsLink, pickGroup } from './pick';
import type { ModelAnswer, Plan } from './plan';
import { makeSeries } from './series';
import { addFilter } from './spec';
import { tableColumns } from './tableColumns';
import { notesOf } from './words';

/** The numbers of the chart. Enter on a cell does what a click on its mark does. */
export function TableTab({ plan, answer }: { plan: Plan; answer: ModelAnswer }) {
  const { project, spec, change } = useExplorer();
  const navigate = useNavigate();
  const series = useMemo(() => makeSeries(plan, answer), [plan, answer]);
  const columns = useMemo(() => tableColumns(plan, answer, project), [plan, answer, project]);

  function cellActions(_: CellPayload, row: ChartRow) {
    const mark = plan.isRows ? undefined : pickGroup(plan, series, Number(row['i']));
    if (!mark || mark.filters.length === 0) return [];
    const filtered = mark.filters.reduce(addFilter, spec);
    return [
      {
        id: 'only',
        label: `Only ${mark.label.slice(0, 200)}`,
        icon: 'filter' as const,
        onAction: () => change(filtered),
      },
      {
        id: 'list',
        label: 'List the models',
        icon: 'table' as const,
        onAction: () => void navigate(modelsLink(project, spec.scope, filtered.filters)),
      },
    ];
  }

  return (
    <div className="stack">
      <p className="soft small">{notesOf(plan, series).join(' ')}</p>
      <DataTable
        label="Numbers of the chart"
        columns={columns}
        rows={series.rows}
        rowId={rowId}
        onCellDrag={plan.isRows ? noCell : anyCell}
        cellActions={cellActions}
        empty={<p className="soft">No model has all of these.</p>}
      />
    </div>
  );
}

const rowId = (row: ChartRow) => String(row['i']);
const anyCell = (row: ChartRow, column: string): CellPayload => ({
  field: column,
  value: row['i'],
});
const noCell = () => null;
