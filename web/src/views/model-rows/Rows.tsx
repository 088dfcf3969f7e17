import { useCallback, useMemo } from 'react';
import { Button } from '../../components/Button';
import { EmptyState } from '../../components/EmptyState';
import { Select } from '../../components/Select';
import type { Sort } from '../../components/table/columns';
import { DataTable } from '../../components/table/DataTable';
import { formatInteger } from '../../lib/format';
import { shortId } from '../../lib/names';
import {
  isClassifier as isClass,
  outcomeOf,
  ownColumns,
  readScored,
  type ScoredAnswer,
  type ScoredRow,
} from '../../lib/scored';
import { useUrlParams, useUrlState } from '../../lib/url';
import type { ModelDetail } from '../model/useModel';
import { rowColumns } from './rowColumns';
import { RowFilters } from './RowFilters';
import { checkFilters, filterRows, sortRows, valueOf, type RowFilter } from './rowFilters';
import { Trace } from './Trace';
import { usePopulation, useStageSample } from './useStageSample';
import { useRowHref } from './useRowHref';

interface RowsProps {
  detail: ModelDetail;
  search: ModelDetail | undefined;
  answer: ScoredAnswer;
  project: string | undefined;
}

const rowId = (row: ScoredRow) => row.id;
const NO_FILTERS: RowFilter[] = [];
const checkSort = (value: unknown): Sort | null | undefined => {
  const sort = value as Partial<Sort> | null;
  return sort && typeof sort.column === 'string' && typeof sort.descending === 'boolean'
    ? { column: sort.column, descending: sort.descending }
    : undefined;
};

/** The list, and beside it the row that was picked. */
export function Rows({ detail, search, answer, project }: RowsProps) {
  const { model } = detail;
  const [picked] = useUrlState('row', '');
  const [onlyWrong, setOnlyWrong] = useUrlState('wrong', false);
  const [onlyFollowed, setOnlyFollowed] = useUrlState('followed', false);
  const [filters, setFilters] = useUrlState('where', NO_FILTERS, { check: checkFilters });
  const [sort, setSort] = useUrlState<Sort | null>('sort', null, { check: checkSort });
  const change = useUrlParams();
  const hrefOf = useRowHref();

  const rows = useMemo(() => readScored(answer), [answer]);
  const own = useMemo(() => ownColumns(answer), [answer]);
  const ownNames = useMemo(() => new Set(own.map(({ name }) => name)), [own]);
  const sample = useStageSample(modelsOf(detail, search));
  const population = usePopulation(picked, rows, own, sample);
  const features = detail.features.length > 0 ? detail.features : (search?.features ?? []);
  const isClassifier = isClass(model.problem_type ?? search?.model.problem_type);

  const hasLabels = rows.some(({ label }) => label !== undefined);
  const hasProbability = rows.some(({ probability }) => probability !== undefined);
  const followed = useMemo(
    () => new Set(rows.filter(({ id }) => sample.rowIds.has(id)).map(rowId)),
    [rows, sample],
  );
  const columns = useMemo(
    () => rowColumns({ own, isClassifier, hasLabels, hasProbability, followed, picked, hrefOf }),
    [own, isClassifier, hasLabels, hasProbability, followed, picked, hrefOf],
  );
  const listed = useMemo(() => {
    const found = filterRows(rows, filters, onlyWrong && isClassifier);
    return sortRows(onlyFollowed ? found.filter(({ id }) => followed.has(id)) : found, sort);
  }, [rows, filters, onlyWrong, isClassifier, onlyFollowed, followed, sort]);

  const row = rows.find(({ id }) => id === picked);
  const at = listed.findIndex(({ id }) => id === picked);
  const wrong = rows.filter((one) => outcomeOf(one) === 'wrong').length;
  const goTo = (place: number) => {
    const next = listed[place];
    if (next) change({ row: next.id });
  };
  const onCellDrag = useCallback((of: ScoredRow, column: string) => {
    const value = valueOf(of, column);
    const isScalar = value === null || value === undefined || typeof value !== 'object';
    return isScalar && column !== '#row' ? { field: column, value: value ?? null } : null;
  }, []);

  return (
    <div className="rows-page" data-picked={picked === '' ? undefined : ''}>
      <div className="rows-list stack">
        <div className="row rows-tools">
          {answer.datasets.length > 1 && (
            <Select
              label="Dataset"
              hideLabel
              options={answer.datasets.map((of) => ({
                id: of.dataset_id,
                label: `${of.name ?? shortId(of.dataset_id)} (${formatInteger(of.rows)} rows)`,
              }))}
              value={answer.dataset_id ?? null}
              onChange={(id) => change({ scored: id, row: null })}
            />
          )}
          <RowFilters
            columns={columns}
            filters={filters}
            onChange={setFilters}
            onlyWrong={isClassifier && hasLabels ? onlyWrong : undefined}
            onOnlyWrong={setOnlyWrong}
            onlyFollowed={
              followed.size > 0 && followed.size < rows.length ? onlyFollowed : undefined
            }
            onOnlyFollowed={setOnlyFollowed}
          />
        </div>
        <p className="soft small" role="status">
          {formatInteger(listed.length)} of {formatInteger(rows.length)} sampled rows
          {isClassifier && hasLabels && `, ${formatInteger(wrong)} of all predicted wrongly`}. Pick
          one to follow it through the stages
          {followed.size > 0 &&
            followed.size < rows.length &&
            `; a dot marks the ${formatInteger(followed.size)} that were sampled after every stage`}
          .
        </p>
        <DataTable
          label="Scored rows"
          columns={columns}
          rows={listed}
          rowId={rowId}
          sort={sort}
          onSortChange={setSort}
          onCellDrag={onCellDrag}
          cellActions={(cell) => {
            const filter = { column: cell.field, value: cell.value as RowFilter['value'] };
            return [
              {
                id: 'is',
                label: 'Only rows with this value',
                icon: 'filter',
                onAction: () => setFilters([...filters, { ...filter, op: 'is' }]),
              },
              {
                id: 'not',
                label: 'Only rows with another value',
                onAction: () => setFilters([...filters, { ...filter, op: 'not' }]),
              },
            ];
          }}
          maxHeight="calc(100vh - 260px)"
          empty={
            <EmptyState
              title="No row is left"
              actions={
                <Button onPress={() => change({ where: null, wrong: null, followed: null })}>
                  Take all filters away
                </Button>
              }
            >
              None of the {formatInteger(rows.length)} sampled rows satisfies all filters.
            </EmptyState>
          }
        />
      </div>
      {row && (
        <Trace
          modelId={model.model_id}
          project={project}
          row={row}
          rows={rows}
          place={
            at < 0
              ? 'not in the list'
              : `${formatInteger(at + 1)} of ${formatInteger(listed.length)}`
          }
          isClassifier={isClassifier}
          features={features}
          population={population}
          own={ownNames}
          onStep={(by) => goTo(at + by)}
          canStep={{ previous: at > 0, next: at < listed.length - 1 }}
          onClose={() => change({ row: null }, 'push')}
        />
      )}
      {picked !== '' && !row && (
        <EmptyState
          title="There is no such row"
          actions={<Button onPress={() => change({ row: null })}>All rows</Button>}
        >
          No sampled row of this dataset has the id {picked.slice(0, 100)}.
        </EmptyState>
      )}
    </div>
  );
}

/** Whoever may have made the transform whose rows were sampled. */
function modelsOf(detail: ModelDetail, search: ModelDetail | undefined): string[] {
  const best = [...detail.inside, ...(search?.inside ?? [])].filter(({ role }) => role === 'best');
  const ids = [detail.model, ...(search ? [search.model] : []), ...best];
  return ids.map(({ model_id }) => model_id);
}
