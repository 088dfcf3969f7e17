import { useMemo } from 'react';
import { Link, useLocation } from 'react-router';
import { Button } from '../../components/Button';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { formatInteger } from '../../lib/format';
import { to } from '../../lib/links';
import { serialise, useUrlParams } from '../../lib/url';
import { defaultColumns } from '../../components/models/defaultColumns';
import { isMetric } from '../../query/fieldRef';
import { FilterBar } from './FilterBar';
import { GroupTable } from './GroupTable';
import { groupsQuery, onSlice, rowsQuery } from '../../query/modelQuery';
import '../../components/models/models.css';
import { ModelTable } from '../../components/models/ModelTable';
import { NoModels } from './NoModels';
import { SavedViews } from '../../components/SavedViews';
import { SelectionBar } from '../../components/models/SelectionBar';
import { SqlDialog } from '../../components/models/SqlDialog';
import { staleKeys, withoutStale } from './stale';
import { Toolbar } from './Toolbar';
import { useFields } from '../../query/useFields';
import { useModelPages } from '../../components/models/useModelPages';
import { useViewState } from './useViewState';

const GROUP_METRICS_MAX = 6;

export default function Models() {
  const view = useViewState();
  const { project, question, group, slice, sort, filters, selected } = view;
  const { fields, ...known } = useFields(project);
  const hasProject = project !== undefined;
  const { pathname } = useLocation();
  const change = useUrlParams();

  // By its text: new counts of fields come every few seconds and seldom change the columns.
  const own = JSON.stringify(defaultColumns(fields.all, hasProject));
  const base = useMemo(
    () => (view.chosen.length > 0 ? view.chosen : (JSON.parse(own) as string[])),
    [view.chosen, own],
  );
  const visible = useMemo(
    () => [...new Set(base.map((key) => onSlice(key, slice)))],
    [base, slice],
  );
  const metrics = useMemo(() => visible.filter(isMetric).slice(0, GROUP_METRICS_MAX), [visible]);
  const isGrouped = group !== '';
  const query = isGrouped
    ? groupsQuery(question, group, metrics, sort, fields)
    : rowsQuery(question, visible, sort);
  const pages = useModelPages(query, !known.isPending);
  const { first } = pages;
  // An answer of the other form is kept while the new one is awaited, and is not for this table.
  const isFitting = first && first.outputs.some((output) => output.aggregate != null) === isGrouped;

  const stale = known.isPending || known.error ? [] : staleKeys(view, fields);
  function dropStale() {
    const rest = withoutStale(view, fields);
    const text = (list: readonly unknown[]) => (list.length > 0 ? serialise(list) : null);
    const group = rest.group === '' ? null : rest.group;
    change({ columns: text(rest.chosen), filters: text(rest.filters), group });
  }

  const empty = <NoModels view={view} />;
  const error = known.error ?? pages.error;
  return (
    <Page
      title={hasProject ? `Models of ${project}` : 'Models of all projects'}
      heading="Models"
      subtitle={<Total view={view} total={first?.total} isGrouped={isGrouped} />}
      actions={
        <>
          <Link to={hasProject ? to.columns(project) : to.allColumns()}>
            Which models used a column?
          </Link>
          <SavedViews kind="view" project={project} />
          <SqlDialog sql={first?.sql} />
        </>
      }
    >
      <div className="models-controls">
        <Toolbar view={view} fields={fields} visible={base} />
        <FilterBar {...{ filters, fields, question }} onChange={view.setFilters} />
      </div>
      {error && (
        <ErrorState
          what="The models could not be read"
          error={error}
          onRetry={() => {
            if (known.error) void known.refetch();
            else pages.retry();
          }}
        >
          {stale.length > 0 && (
            <p className="row">
              <span>
                There is no <bdi>{listed(stale.map((key) => fields.label(key)))}</bdi> among what
                models have here.
              </span>
              <Button onPress={dropStale}>{stale.length === 1 ? 'Drop it' : 'Drop them'}</Button>
            </p>
          )}
          <p>
            <Link to={hasProject ? to.models(project) : pathname}>
              Start over with all models and the usual columns
            </Link>
          </p>
        </ErrorState>
      )}
      {!isFitting && !error && <Loading what="Reading models" />}
      {isFitting && (
        <div className="models-result" aria-busy={pages.isStale} data-stale={pages.isStale}>
          {isGrouped ? (
            <GroupTable
              {...{ pages, fields, group, metrics, filters, sort, empty }}
              onSort={view.setSort}
            />
          ) : (
            <>
              <SelectionBar {...{ selected, project }} onClear={() => view.setSelected([])} />
              <ModelTable
                {...{ pages, fields, visible, sort, filters, selected, empty }}
                onSort={view.setSort}
                onFilter={view.setFilters}
                onSelect={view.setSelected}
              />
            </>
          )}
        </div>
      )}
    </Page>
  );
}

const LISTED = 3;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${formatInteger(more)} more` : '');
}

interface TotalProps {
  view: ReturnType<typeof useViewState>;
  total: number | null | undefined;
  isGrouped: boolean;
}

function Total({ view, total, isGrouped }: TotalProps) {
  if (isGrouped) return <>Open a group to see its models</>;
  if (total == null) return <>&nbsp;</>;
  const what = view.scope === 'top' ? 'model' : 'fit';
  const isPart = view.filters.length > 0 || view.search !== '';
  return (
    <span role="status">
      {formatInteger(total)} {what}
      {total === 1 ? '' : 's'}
      {isPart && ' match'}
      {isPart && total === 1 && 'es'}
    </span>
  );
}
