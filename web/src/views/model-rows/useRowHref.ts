import { useCallback } from 'react';
import { useLocation } from 'react-router';
import { withParams } from '../../lib/url';

/** The address of a row: the same list with the row beside it. */
export function useRowHref(): (id: string) => string {
  const { pathname, search } = useLocation();
  // Without the row that is shown now, so that picking another does not make every link anew.
  const rest = withParams(search, { row: null });
  return useCallback((id) => pathname + withParams(rest, { row: id }), [pathname, rest]);
}
