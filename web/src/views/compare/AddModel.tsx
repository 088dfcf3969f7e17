import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api/query';
import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Popover } from '../../components/Popover';
import { Value } from '../../components/Value';
import { closedQuery, rowsByField, text } from '../../query/closedQuery';
import { shortClass, shortId } from '../../lib/names';
import { SearchBox } from '../../components/SearchBox';

interface AddModelProps {
  project: string | undefined;
  ids: readonly string[];
  onAdd: (id: string) => void;
}

const FOUND_MAX = 20;

export function AddModel(props: AddModelProps) {
  return (
    <Popover label="Add a model" trigger={<Button icon="plus">Add a model</Button>}>
      {(close) => (
        <Finder
          {...props}
          onAdd={(id) => {
            props.onAdd(id);
            close();
          }}
        />
      )}
    </Popover>
  );
}

function Finder({ project, ids, onAdd }: AddModelProps) {
  const [search, setSearch] = useState('');
  const found = useQuery({
    ...post('/api/v1/models', {
      body: closedQuery({
        project: project ?? null,
        columns: ['model_id', 'family', 'run', 'status', 'started_at'].map((field) => ({ field })),
        filters: search.trim() === '' ? [] : [{ field: 'search', op: { contains: search.trim() } }],
        limit: FOUND_MAX + ids.length,
      }),
    }),
    placeholderData: keepPreviousData,
  });
  const rows = rowsByField(found.data).filter((row) => !ids.includes(text(row, 'model_id') ?? ''));
  return (
    <div className="stack add-model">
      <SearchBox
        label="Search models"
        placeholder="An id, a class, a run"
        value={search}
        onChange={setSearch}
      />
      {found.error && <ErrorState what="Models could not be searched" error={found.error} />}
      {found.isPending && <Loading what="Reading models" />}
      <ul className="found-models">
        {rows.slice(0, FOUND_MAX).map((row) => {
          const id = text(row, 'model_id') ?? '';
          const status = text(row, 'status');
          return (
            <li key={id}>
              <Button variant="quiet" onPress={() => onAdd(id)}>
                <span className="found-model">
                  <span title={id}>{shortId(id)}</span>
                  <span>{shortClass(text(row, 'family') ?? '')}</span>
                  {status !== 'finished' && status !== undefined && <Badge>{status}</Badge>}
                  <span className="soft small">
                    <Value of={row['started_at']} kind="time" />
                  </span>
                </span>
              </Button>
            </li>
          );
        })}
      </ul>
      {found.data && rows.length === 0 && <p className="soft">No other model matches.</p>}
      {found.data?.truncated === true && (
        <p className="soft small">The newest; search for others.</p>
      )}
    </div>
  );
}
