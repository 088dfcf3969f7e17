import { useCallback, useMemo } from 'react';
import { useProject } from '../../app/project';
import type { Sort } from '../../components/table/columns';
import { useUrlState } from '../../lib/url';
import { checkFilters } from '../../query/checkFilters';
import type { Filter } from '../../query/filters';
import type { Question, Scope } from '../../query/modelQuery';
import { checkSort } from '../../components/models/sort';

/** Select all takes all that is loaded; an address takes so many. */
const SELECTED_MAX = 100;

/** Everything about the view that somebody could want to share. */
export function useViewState() {
  const project = useProject();
  const [scope, setScope] = useUrlState<Scope>('scope', 'top', { check: checkScope });
  const [search, setSearch] = useUrlState<string>('q', '');
  const [filters, setFilters] = useUrlState<Filter[]>('filters', [], {
    check: checkFilters,
    history: 'push',
  });
  const [chosen, setChosen] = useUrlState<string[]>('columns', [], { check: checkTexts });
  const [group, setGroup] = useUrlState<string>('group', '', { history: 'push' });
  const [slice, setSlice] = useUrlState<string>('slice', '', { history: 'push' });
  const [sort, setSort] = useUrlState<Sort | null>('sort', null, {
    check: checkSort,
    history: 'push',
  });
  const [picked, setPicked] = useUrlState<string>('selected', '');
  const selected = useMemo(
    () => new Set(picked === '' ? [] : picked.split(',').slice(0, SELECTED_MAX)),
    [picked],
  );
  const setSelected = useCallback(
    (ids: Iterable<string>) => setPicked([...ids].slice(0, SELECTED_MAX).join(',')),
    [setPicked],
  );
  const question: Question = useMemo(
    () => ({ project, scope, search, filters }),
    [project, scope, search, filters],
  );
  return {
    ...{ question, project, scope, setScope, search, setSearch, filters, setFilters },
    ...{ chosen, setChosen, group, setGroup, slice, setSlice, sort, setSort, selected },
    setSelected,
  };
}

export type ViewState = ReturnType<typeof useViewState>;

function checkScope(value: unknown): Scope | undefined {
  return value === 'top' || value === 'all' ? value : undefined;
}

function checkTexts(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
}
