import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../api/query';
import { Fields, type FieldInfo } from './fieldRef';

const NONE: FieldInfo[] = [];

/** What can be asked of a project's models. */
export function useFields(project: string | undefined) {
  const query = useQuery(
    get('/api/v1/fields', { params: { query: project === undefined ? {} : { project } } }),
  );
  const fields = useMemo(() => new Fields(query.data ?? NONE), [query.data]);
  return { fields, isPending: query.isPending, error: query.error, refetch: query.refetch };
}
