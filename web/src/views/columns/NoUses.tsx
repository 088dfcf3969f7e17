import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { get } from '../../api/query';
import { EmptyState } from '../../components/EmptyState';
import { InProject } from '../../components/InProject';
import { to } from '../../lib/links';
import type { Which } from './uses';

/** No such models: and for a name that no column has, that. */
export function NoUses({ which, name }: { which: Which; name: string }) {
  if (which === 'unknown') return <EmptyState title="The columns of all models are known" />;
  if (which === 'unused') {
    return (
      <EmptyState title="No model did without it">
        All models of which the columns are known learnt from it.
      </EmptyState>
    );
  }
  return (
    <InProject>
      <NotUsed name={name} />
    </InProject>
  );
}

function NotUsed({ name }: { name: string }) {
  const search = { params: { query: { search: name } } };
  const columns = useQuery(get('/api/v1/columns', search));
  const datasets = useQuery(
    get('/api/v1/datasets', { params: { query: { search: name, all: true } } }),
  );
  if (columns.data && datasets.data) {
    const isLearnt = columns.data.some(({ column }) => column === name);
    const isThere = datasets.data.some((dataset) =>
      dataset.columns?.some((column) => column.name === name),
    );
    if (!isLearnt && !isThere) {
      return (
        <EmptyState
          title="No column has this name"
          actions={<Link to={to.allColumns()}>All columns</Link>}
        >
          No model of any project learnt from a column called “<bdi>{name.slice(0, 200)}</bdi>”, and
          no dataset has one. Names of columns are told apart by case.
        </EmptyState>
      );
    }
  }
  return (
    <EmptyState title="No model used this column">
      No model of which the columns are known learnt from it.
    </EmptyState>
  );
}
