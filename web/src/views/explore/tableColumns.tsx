import { Link } from 'react-router';
import type { ChartRow } from '../../components/chart/types';
import type { Column } from '../../components/table/columns';
import { Truncated } from '../../components/Truncated';
import { Value } from '../../components/Value';
import { formatPlain } from '../../lib/format';
import { to } from '../../lib/links';
import { shortClass, shortId } from '../../lib/names';
import { isSliced } from './fields';
import { QUARTILES, type ModelAnswer, type Plan } from './plan';
import { answerRows } from './series';
import { measureTitle, titleOf } from './words';

/** The columns of a table of the same numbers as the chart. */
export function tableColumns(plan: Plan, answer: ModelAnswer, project: string): Column<ChartRow>[] {
  const source = answerRows(answer);
  const raw = (row: ChartRow, output: number) => source[Number(row['i'])]?.[output];
  const columns: Column<ChartRow>[] = [];
  const { model, family, models, quartiles } = plan.outputs;

  if (model !== undefined) {
    columns.push({
      id: 'model',
      header: 'model',
      value: (row) => raw(row, model),
      cell: (row) => {
        const id = String(raw(row, model));
        return (
          <Link to={to.model(id, project)} title={id}>
            {shortId(id)}
          </Link>
        );
      },
    });
  }
  if (family !== undefined && !plan.encodings.some(({ field }) => field.id === 'family')) {
    columns.push({
      id: 'family',
      header: 'family',
      value: (row) => raw(row, family),
      cell: (row) => <Truncated>{shortClass(formatPlain(raw(row, family)))}</Truncated>,
    });
  }
  const seen = new Set<number>();
  for (const encoding of plan.encodings) {
    const { output, role, field } = encoding;
    if (seen.has(output)) continue;
    seen.add(output);
    const isNumeric = role.use === 'measure' || (role.use === 'raw' && role.scale === 'number');
    columns.push({
      id: `c${output}`,
      header: titleOf(encoding),
      // Sorted by what it is, read as what it is called.
      value: (row) => raw(row, output),
      ...(isNumeric
        ? { align: 'end' as const, cell: (row: ChartRow) => <Value of={raw(row, output)} /> }
        : { cell: (row: ChartRow) => <Truncated>{String(row[`n${output}`])}</Truncated> }),
      ...(isSliced(field.id) && { width: 180 }),
    });
  }
  if (quartiles !== undefined) {
    const of = plan.query.measures[quartiles - plan.query.dimensions.length];
    const label = answer.outputs[quartiles]?.field?.field.replace(/^\w+:/, '') ?? of?.field ?? '';
    QUARTILES.forEach((name, i) => {
      columns.push(numbers(`q${i}`, measureTitle(name, label), (row) => raw(row, quartiles + i)));
    });
  }
  if (models !== undefined && !seen.has(models)) {
    columns.push(numbers('models', 'models', (row) => raw(row, models)));
  }
  return columns;
}

function numbers(id: string, header: string, value: (row: ChartRow) => unknown): Column<ChartRow> {
  return { id, header, value, align: 'end', cell: (row) => <Value of={value(row)} /> };
}
