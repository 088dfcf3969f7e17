import { useMemo, type ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import type { Column, Sort } from '../../components/table/columns';
import { DataTable } from '../../components/table/DataTable';
import { cut } from '../../components/Truncated';
import { Value } from '../../components/Value';
import { formatInteger, formatNumber, formatPlain, formatUtc } from '../../lib/format';
import { withParams } from '../../lib/url';
import { sliceLabel, type Fields } from '../../query/fieldRef';
import { valueText, type Filter } from '../../query/filters';
import { groupFilter } from './groupFilter';
import { groupColumns } from '../../query/modelQuery';
import { isDescendingFirst, pressed } from '../../components/models/sort';
import type { useModelPages } from '../../components/models/useModelPages';

interface GroupRow {
  id: string;
  values: readonly unknown[];
}

interface GroupTableProps {
  pages: ReturnType<typeof useModelPages>;
  fields: Fields;
  group: string;
  metrics: readonly string[];
  filters: readonly Filter[];
  sort: Sort | null;
  onSort: (sort: Sort | null) => void;
  empty: ReactNode;
}

const rowId = (row: GroupRow) => row.id;
const NUMBER_WIDTH = 150;

export function GroupTable(props: GroupTableProps) {
  const { pages, fields, group, metrics, filters, sort, onSort } = props;
  const { search } = useLocation();
  const binWidth = pages.first?.outputs[0]?.bin_width;
  const answer = pages.first;
  const rows = useMemo(
    () => answer?.rows.map((values): GroupRow => ({ id: JSON.stringify(values[0]), values })) ?? [],
    [answer],
  );

  const columns = useMemo((): Column<GroupRow>[] => {
    const open = (value: unknown) => openGroup({ search, filters, group, value, binWidth, fields });
    const label = (value: unknown) => groupText(group, value, binWidth, fields);
    const number = (id: string, at: number, header: string): Column<GroupRow> => ({
      id,
      header,
      value: (row) => row.values[at],
      align: 'end',
      width: NUMBER_WIDTH,
    });
    return [
      {
        id: 'group',
        header: fields.label(group),
        value: (row) => row.values[0],
        width: 220,
        cell: ({ values: [value] }) => {
          const to = open(value);
          const text = <bdi title={cut(formatPlain(value), 2000)}>{label(value)}</bdi>;
          return to === undefined ? <Value of={value} /> : <Link to={to}>{text}</Link>;
        },
      },
      { ...number('count', 1, 'models'), kind: 'integer', width: 100 },
      ...groupColumns(metrics)
        .slice(2)
        .map((id, i) => {
          // `best` or `mean`, a space, and the metric's key.
          return number(id, i + 2, `${id.slice(0, 4)} ${fields.label(id.slice(5))}`);
        }),
    ];
  }, [search, filters, group, binWidth, fields, metrics]);

  function onSortChange(next: Sort | null) {
    const column = next?.column ?? sort?.column;
    if (column === undefined) return;
    const isDown =
      column === 'count' || (column !== 'group' && isDescendingFirst(column.slice(5), fields));
    onSort(pressed(sort, column, isDown));
  }

  return (
    <>
      <DataTable
        label={`Models by ${fields.label(group)}`}
        columns={columns}
        rows={rows}
        rowId={rowId}
        sort={sort ?? { column: 'count', descending: true }}
        onSortChange={onSortChange}
        empty={props.empty}
      />
      {answer?.truncated && (
        <p className="soft small">
          The first {formatInteger(rows.length)} groups: filter to see others.
        </p>
      )}
    </>
  );
}

interface Opening {
  search: string;
  filters: readonly Filter[];
  group: string;
  value: unknown;
  binWidth: number | null | undefined;
  fields: Fields;
}

/** The address of the models of a group; a slice is where metrics are taken, not a filter. */
function openGroup({ search, filters, group, value, binWidth, fields }: Opening) {
  if (group === 'slice') {
    const slice = typeof value === 'string' && value !== 'all rows' ? value : null;
    return { search: withParams(search, { group: null, sort: null, slice }) };
  }
  const filter = groupFilter(group, value, binWidth, fields);
  if (!filter) return undefined;
  const next = JSON.stringify([...filters, filter]);
  return { search: withParams(search, { group: null, sort: null, filters: next }) };
}

function groupText(
  group: string,
  value: unknown,
  binWidth: number | null | undefined,
  fields: Fields,
): string {
  if (value === null || value === undefined) return 'missing';
  if (typeof value === 'number' && binWidth != null) {
    return `${formatNumber(value)} to ${formatNumber(value + binWidth)}`;
  }
  if (fields.kind(group) === 'time') return formatUtc(new Date(formatPlain(value))).slice(0, 10);
  if (group === 'slice') return sliceLabel(formatPlain(value));
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return valueText(value).slice(0, 400);
  }
  return formatPlain(value);
}
