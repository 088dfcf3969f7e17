import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { post } from '../../api/query';
import { Button } from '../../components/Button';
import { ClassName } from '../../components/ClassName';
import { Dialog } from '../../components/Dialog';
import { ErrorState } from '../../components/ErrorState';
import { Id } from '../../components/Id';
import { Loading } from '../../components/Loading';
import { SearchField } from '../../components/SearchField';
import { Value } from '../../components/Value';
import { to } from '../../lib/links';
import { closedQuery, rowsByField, text } from '../../query/closedQuery';

const LISTED = 30;
const FIELDS = ['model_id', 'family', 'run', 'started_at'];

/** Chooses the model to compare with, the newest of the project first. */
export function CompareWith({ modelId, project }: { modelId: string; project: string }) {
  return (
    <Dialog title="Compare with" trigger={<Button>Compare with…</Button>}>
      <Choice modelId={modelId} project={project} />
    </Dialog>
  );
}

function Choice({ modelId, project }: { modelId: string; project: string }) {
  const [search, setSearch] = useState('');
  const other = { field: 'model_id', op: { not_in: [modelId] } };
  const query = closedQuery({
    project,
    columns: FIELDS.map((field) => ({ field })),
    filters: search === '' ? [other] : [other, { field: 'search', op: { contains: search } }],
    sort: [{ output: FIELDS.indexOf('started_at'), descending: true }],
    limit: LISTED,
  });
  const models = useQuery({
    ...post('/api/v1/models', { body: query }),
    placeholderData: keepPreviousData,
  });
  const rows = rowsByField(models.data);
  return (
    <div className="stack">
      <SearchField
        label="Search models"
        hideLabel
        placeholder="Search ids, classes, runs"
        value={search}
        onChange={setSearch}
      />
      {models.error && !models.data && (
        <ErrorState
          what="Models could not be read"
          error={models.error}
          onRetry={() => void models.refetch()}
        />
      )}
      {models.isPending && <Loading what="Reading models" />}
      <ul className="choice" aria-label="Models">
        {rows.map((row) => {
          const id = text(row, 'model_id') ?? '';
          return (
            <li key={id}>
              <Link to={to.compare([modelId, id], project)}>
                <ClassName of={text(row, 'family')} />
              </Link>
              <Id of={id} />
              <span className="soft small">
                <Value of={row['started_at']} kind="time" />
              </span>
            </li>
          );
        })}
      </ul>
      {models.data && rows.length === 0 && (
        <p className="soft">
          {search === '' ? 'There is no other model in this project.' : 'No model matches.'}
        </p>
      )}
      {models.data?.truncated && (
        <p className="soft small">The newest {LISTED}; search for older ones.</p>
      )}
    </div>
  );
}
