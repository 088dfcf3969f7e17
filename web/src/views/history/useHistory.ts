import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../../api/query';
import { useUrlState } from '../../lib/url';
import { States, type State } from './states';
import { makeWork, type Show } from './work';

export const LIMITS = [200, 1000] as const;
const SHOWS: readonly Show[] = ['fits', 'inner', 'all'];
const NONE: State[] = [];

const checkTexts = (value: unknown): string[] | undefined =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;

/** The history of a project, and what its address says of how it is looked at. */
export function useHistory(project: string) {
  const [run, setRun] = useUrlState<string>('run', '', { history: 'push' });
  const [show, setShow] = useUrlState<string>('show', 'fits', { history: 'push' });
  const [limit, setLimit] = useUrlState<number>('limit', LIMITS[0]);
  const [metric, setMetric] = useUrlState<string>('metric', '');
  const [picked, setPicked] = useUrlState<string[]>('states', [], { check: checkTexts });
  const [unfolded, setUnfolded] = useUrlState<string[]>('unfolded', [], { check: checkTexts });
  const query = useQuery({
    ...get('/api/v1/history', {
      params: { query: { project, limit, ...(run !== '' && { run }) } },
    }),
    placeholderData: keepPreviousData,
  });
  const known = SHOWS.find((one) => one === show) ?? 'fits';
  const data = query.data ?? NONE;
  const states = useMemo(() => new States(data), [data]);
  const graph = useMemo(() => makeWork(states, known), [states, known]);
  // Transforms branch wherever fits do, and after each evaluation's data: only fits are decisions.
  const fits = useMemo(
    () => (known === 'all' ? makeWork(states, 'fits') : graph),
    [states, known, graph],
  );
  return {
    query,
    graph,
    fits,
    count: data.length,
    view: { run, show: known, limit, metric, picked, unfolded },
    set: {
      run: setRun,
      show: setShow,
      limit: setLimit,
      metric: setMetric,
      picked: setPicked,
      unfolded: setUnfolded,
    },
  };
}

export type History = ReturnType<typeof useHistory>;
