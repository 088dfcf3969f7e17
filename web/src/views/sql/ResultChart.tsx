import { useMemo } from 'react';
import { Chart } from '../../components/chart/Chart';
import type { ChartRow } from '../../components/chart/types';
import { EmptyState } from '../../components/EmptyState';
import { Select } from '../../components/Select';
import type { Column } from '../../components/table/columns';
import { useUrlState } from '../../lib/url';
import {
  AUTOMATIC,
  choose,
  isNumber,
  MARKS,
  NONE,
  withChoice,
  type ChartChoice,
  type Table,
} from './chartChoice';
import { draw } from './chartSpec';

const MARK_LABELS = { bar: 'Bars', line: 'Line', point: 'Points', histogram: 'Histogram' };
/** From so many marks on an image is faster than as many elements. */
const CANVAS_FROM = 1_000;

/** A result as a chart: what it shows is guessed, and can be chosen. */
export function ResultChart({ table }: { table: Table }) {
  const [mark, setMark] = useUrlState<string>('mark', AUTOMATIC);
  const [x, setX] = useUrlState<string>('x', AUTOMATIC);
  const [y, setY] = useUrlState<string>('y', AUTOMATIC);
  const [colour, setColour] = useUrlState<string>('colour', AUTOMATIC);
  const automatic = useMemo(() => choose(table), [table]);
  const choice = useMemo(
    () => automatic && withChoice(automatic, table.columns, { mark, x, y, colour }),
    [automatic, table, mark, x, y, colour],
  );
  const drawing = useMemo(() => choice && draw(table, choice), [table, choice]);
  const columns = useMemo(() => (choice ? tableColumns(table, choice) : []), [table, choice]);
  const options = useMemo(() => columnOptions(table), [table]);

  if (!choice || !drawing) {
    return (
      <EmptyState title="Nothing to draw">
        A chart needs a column of numbers, or one of texts to count.
      </EmptyState>
    );
  }
  const value = (name: string) => (name === '' ? NONE : name);
  return (
    <div className="stack">
      <div className="row">
        <Select
          label="Mark"
          options={MARKS.map((id) => ({ id, label: MARK_LABELS[id] }))}
          value={choice.mark}
          onChange={(next) => setMark(next ?? AUTOMATIC)}
        />
        <Select
          label="X"
          options={options}
          value={value(choice.x)}
          onChange={(to) => setX(to ?? '')}
        />
        <Select
          label="Y"
          options={options}
          value={value(choice.y)}
          onChange={(to) => setY(to ?? '')}
        />
        <Select
          label="Colour"
          options={options.map((one) => (one.id === NONE ? { ...one, label: 'none' } : one))}
          value={value(choice.colour)}
          onChange={(to) => setColour(to ?? '')}
        />
      </div>
      <Chart
        spec={drawing.spec}
        data={drawing.data}
        height={drawing.height}
        description={describe(choice)}
        caption={drawing.notes.join('. ')}
        columns={columns}
        renderer={drawing.data.length >= CANVAS_FROM ? 'canvas' : 'svg'}
      />
    </div>
  );
}

function columnOptions({ columns }: Table) {
  const names = [...new Set(columns.map(({ name }) => name))];
  return [{ id: NONE, label: 'number of rows' }, ...names.map((id) => ({ id, label: id }))];
}

function describe({ mark, x, y, colour }: ChartChoice): string {
  const name = (axis: string) => (axis === '' ? 'number of rows' : axis);
  const what = `${MARK_LABELS[mark]}: ${name(y)} by ${name(x)}`;
  return colour === '' ? what : `${what}, colour is ${colour}`;
}

/** The numbers of the chart under their own names. */
function tableColumns({ columns }: Table, choice: ChartChoice): Column<ChartRow>[] {
  return (['x', 'y', 'colour'] as const).flatMap((axis) => {
    const column = columns.find(({ name }) => name === choice[axis]);
    if (!column) return [];
    return [
      {
        id: axis,
        header: column.name,
        value: (row: ChartRow) => row[axis],
        align: isNumber(column) ? ('end' as const) : ('start' as const),
      },
    ];
  });
}
