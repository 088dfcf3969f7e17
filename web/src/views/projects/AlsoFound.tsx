import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { get, post } from '../../api/query';
import { ErrorState } from '../../components/ErrorState';
import { to } from '../../lib/links';
import { shortClass, shortId } from '../../lib/names';
import { TYPING_MS, useSettled } from '../../lib/useSettled';
import { queryOf } from '../../query/modelQuery';
import { counted } from './projectList';

const COLUMNS_SHOWN = 8;
const MODELS_SHOWN = 5;

/** What else has the text that is searched for: columns and models of all projects. */
export function AlsoFound({ search }: { search: string }) {
  const text = useSettled(search, TYPING_MS);
  const columns = useQuery({
    ...get('/api/v1/columns', { params: { query: { search: text } } }),
    placeholderData: keepPreviousData,
  });
  const question = { project: undefined, scope: 'top' as const, search: text, filters: [] };
  const models = useQuery({
    ...post('/api/v1/models', {
      body: queryOf(question, {
        columns: [{ field: 'model_id' }, { field: 'estimator' }, { field: 'project' }],
        limit: MODELS_SHOWN,
      }),
    }),
    placeholderData: keepPreviousData,
  });
  const error = columns.error ?? models.error;
  if (error) return <ErrorState what="Columns and models could not be searched" error={error} />;
  const named = columns.data ?? [];
  const rows = models.data?.rows ?? [];
  if (named.length === 0 && rows.length === 0) return null;
  return (
    <section className="also-found" aria-label="Columns and models that match">
      {named.length > 0 && (
        <div>
          <h2>Columns that models learnt from</h2>
          <ul>
            {named.slice(0, COLUMNS_SHOWN).map(({ column, models: uses }) => (
              <li key={column}>
                <Link to={to.allColumns({ name: column })} title={column}>
                  <bdi>{column.slice(0, 200)}</bdi>
                </Link>{' '}
                <span className="soft">{counted(uses, 'model')}</span>
              </li>
            ))}
            {named.length > COLUMNS_SHOWN && (
              <li>
                <Link to={to.allColumns({ search: text })}>
                  All {counted(named.length, 'column')} that match
                </Link>
              </li>
            )}
          </ul>
        </div>
      )}
      {rows.length > 0 && (
        <div>
          <h2>Models</h2>
          <ul>
            {rows.map(([id, estimator, project]) => (
              <li key={String(id)}>
                <Link to={to.model(String(id), String(project))} title={String(id)}>
                  {shortId(String(id))}
                </Link>{' '}
                {typeof estimator === 'string' && (
                  <span title={estimator}>{shortClass(estimator)}</span>
                )}{' '}
                <bdi className="soft">{String(project)}</bdi>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
