import { useMemo } from 'react';
import { Link } from 'react-router';
import { useProject } from '../../app/project';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import type { Sort } from '../../components/table/columns';
import { Tabs } from '../../components/Tabs';
import { formatInteger } from '../../lib/format';
import { to } from '../../lib/links';
import { serialise, useUrlState } from '../../lib/url';
import { commonestMetrics } from '../../components/models/defaultColumns';
import '../../components/models/models.css';
import { rowsQuery, type Question } from '../../query/modelQuery';
import { ModelTable } from '../../components/models/ModelTable';
import { SelectionBar } from '../../components/models/SelectionBar';
import { checkSort } from '../../components/models/sort';
import type { Filter } from '../../query/filters';
import { useFields } from '../../query/useFields';
import { useModelPages } from '../../components/models/useModelPages';
import { NoUses } from './NoUses';
import { filtersOf, type Which } from './uses';
import { throughColumn } from './throughColumn';
import { useThroughFeatures } from './useThroughFeatures';

/** The models that learnt from a column, those that did not, and those of which nobody knows. */
export function ColumnUses({ name }: { name: string }) {
  const project = useProject();
  const [which, setWhich] = useUrlState<Which>('which', 'used', { check: checkWhich });
  const used = useUses(project, name, 'used');
  const unused = useUses(project, name, 'unused');
  const unknown = useUses(project, name, 'unknown');
  const label = name === '' ? '(no name)' : name;
  const total = used.pages.first?.total;

  return (
    <Page
      title={`Column ${label.slice(0, 200)}`}
      heading={
        <>
          Models that used <bdi className="column-name">{label.slice(0, 500)}</bdi>
        </>
      }
      subtitle={
        <span role="status">
          {total == null
            ? ' '
            : sentence(total, unused.pages.first?.total, unknown.pages.first?.total)}
        </span>
      }
      actions={
        <>
          <Link to={project === undefined ? to.allColumns() : to.columns(project)}>
            All columns
          </Link>
          <Link to={inModels(project, used.filters)}>Open in Models</Link>
        </>
      }
    >
      <Tabs
        label="Which models"
        selected={which}
        onChange={(id) => setWhich(checkWhich(id) ?? 'used')}
        items={[
          {
            id: 'used',
            label: tabLabel('Used it', total),
            content: <Uses uses={used} name={name} which="used" />,
          },
          {
            id: 'unused',
            label: tabLabel('Did not use it', unused.pages.first?.total),
            content: <Uses uses={unused} name={name} which="unused" />,
          },
          {
            id: 'unknown',
            label: tabLabel('Not known', unknown.pages.first?.total),
            content: <Uses uses={unknown} name={name} which="unknown" />,
          },
        ]}
      />
    </Page>
  );
}

function useUses(project: string | undefined, name: string, which: Which) {
  const { fields, isPending, error, refetch } = useFields(project);
  const [sort, setSort] = useUrlState<Sort | null>('sort', null, { check: checkSort });
  const filters = useMemo(() => filtersOf(which, name), [name, which]);
  const question: Question = { project, scope: 'top', search: '', filters };
  const metrics = JSON.stringify(commonestMetrics(fields.all).slice(0, 2));
  const visible = useMemo(() => {
    const of = project === undefined ? ['project'] : [];
    return [
      'model_id',
      'family',
      'status',
      ...of,
      ...(JSON.parse(metrics) as string[]),
      'run',
      'started_at',
    ];
  }, [metrics, project]);
  const pages = useModelPages(rowsQuery(question, visible, sort), !isPending);
  return { project, fields, visible, filters, pages, sort, setSort, error, refetch };
}

interface UsesProps {
  uses: ReturnType<typeof useUses>;
  name: string;
  which: Which;
}

function Uses({ uses, name, which }: UsesProps) {
  const { project, fields, visible, filters, pages, sort, setSort } = uses;
  const [picked, setPicked] = useUrlState<string>('selected', '');
  const selected = useMemo(() => new Set(picked === '' ? [] : picked.split(',')), [picked]);
  const ids = useMemo(
    () =>
      which === 'used'
        ? pages.pages.flatMap(({ answer }) => answer.rows.map(([id]) => String(id)))
        : [],
    [which, pages.pages],
  );
  const through = useThroughFeatures(name, ids);
  const extra = useMemo(
    () => (which === 'used' ? [throughColumn(through.byModel)] : []),
    [which, through.byModel],
  );
  const error = uses.error ?? pages.error;
  if (error) {
    return (
      <ErrorState
        what="The models could not be read"
        error={error}
        onRetry={() => (uses.error ? void uses.refetch() : pages.retry())}
      />
    );
  }
  if (!pages.first) return <Loading what="Reading models" />;
  return (
    <div className="models-result" data-stale={pages.isStale}>
      {through.error && (
        <ErrorState
          what="The features could not be read"
          error={through.error}
          onRetry={through.retry}
        />
      )}
      {pages.first.rows.length > 0 && (
        <SelectionBar {...{ selected, project }} onClear={() => setPicked('')} />
      )}
      <ModelTable
        {...{ pages, fields, visible, sort, filters, selected, extra }}
        onSort={setSort}
        onSelect={(next) => setPicked([...next].slice(0, 100).join(','))}
        empty={<NoUses which={which} name={name} />}
      />
    </div>
  );
}

type Count = number | null | undefined;

function sentence(used: number, unused: Count, unknown: Count): string {
  const models = `${formatInteger(used)} model${used === 1 ? '' : 's'} learnt from it`;
  const others = unused == null ? '' : `; ${formatInteger(unused)} did not`;
  return models + others + (unknown ? `; of ${formatInteger(unknown)} it is not known` : '');
}

function tabLabel(label: string, total: number | null | undefined): string {
  return total == null ? label : `${label} (${formatInteger(total)})`;
}

function inModels(project: string | undefined, filters: Filter[]): string {
  const params = new URLSearchParams({
    ...(project !== undefined && { project }),
    filters: serialise(filters),
  });
  return `/models?${params.toString()}`;
}

function checkWhich(value: unknown): Which | undefined {
  return value === 'used' || value === 'unused' || value === 'unknown' ? value : undefined;
}
