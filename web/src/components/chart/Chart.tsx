import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import { TableToggle } from './TableToggle';
import { Loading } from '../Loading';
import type { Column } from '../table/columns';
import { DataTable } from '../table/DataTable';
import './Chart.css';
import type { ChartRow, ChartSpec } from './types';
import { isUndrawable } from './undrawable';

// Vega is the largest thing on the page by far, and most views have no chart.
const VegaView = lazy(() => import('./VegaView'));

const DEFAULT_HEIGHT = 260;

export interface ChartProps {
  /** Vega-Lite without data and size. A new object with the same content draws nothing anew. */
  spec: ChartSpec;
  /** A new array draws anew. */
  data: readonly ChartRow[];
  /** What it shows, in words, for those who do not see it. */
  description: string;
  caption?: ReactNode;
  height?: number;
  /** `canvas` from some thousand marks on. */
  renderer?: 'svg' | 'canvas';
  /** A mark was clicked; offer the same through the table or a link. */
  onPick?: (row: ChartRow) => void;
  /** The columns of the table; by default the fields of the rows. */
  columns?: readonly Column<ChartRow>[];
}

/** A chart, and the same numbers as a table. */
export function Chart(props: ChartProps) {
  const { spec, data, description, caption, columns, onPick } = props;
  const { height = DEFAULT_HEIGHT, renderer = 'svg' } = props;
  const [isTable, setTable] = useState(false);
  const isEmpty = useMemo(() => isUndrawable(spec, data), [spec, data]);
  const fields = useMemo(() => columns ?? fieldsOf(data), [columns, data]);
  const numbered = useMemo(() => data.map((row, index) => ({ row, id: String(index) })), [data]);
  const tableColumns = useMemo(
    () =>
      fields.map(({ value, cell, ...rest }) => ({
        ...rest,
        value: ({ row }: NumberedRow) => value(row),
        ...(cell && { cell: ({ row }: NumberedRow) => cell(row) }),
      })),
    [fields],
  );

  return (
    <figure className="chart">
      <div className="chart-head">
        <figcaption>{caption}</figcaption>
        <TableToggle isTable={isTable} onChange={setTable} />
      </div>
      {isTable ? (
        <DataTable
          label={`${description} (table)`}
          columns={tableColumns}
          rows={numbered}
          rowId={rowId}
          maxHeight={`${height}px`}
        />
      ) : (
        <div style={{ minHeight: height }}>
          {isEmpty ? (
            <p className="soft" role="status">
              Nothing can be drawn: the values are missing, or no finite numbers. The table has
              them.
            </p>
          ) : (
            <Suspense fallback={<Loading what="Drawing" />}>
              <VegaView {...{ spec, data, description, height, renderer, onPick }} />
            </Suspense>
          )}
        </div>
      )}
    </figure>
  );
}

interface NumberedRow {
  row: ChartRow;
  id: string;
}

const rowId = (row: NumberedRow) => row.id;

function fieldsOf(data: readonly ChartRow[]): Column<ChartRow>[] {
  return Object.keys(data[0] ?? {}).map((field) => ({
    id: field,
    header: field,
    value: (row) => row[field],
    align: typeof data[0]?.[field] === 'number' ? 'end' : 'start',
  }));
}
