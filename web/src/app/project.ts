import { useEffect } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { withParams } from '../lib/url';

/** The project in the address; `undefined` where none is. */
export function useProject(): string | undefined {
  const [params] = useSearchParams();
  return params.get('project') ?? undefined;
}

/**
 * Of a page about one thing whose project only its answer tells: it goes into the address, so that
 * the project's navigation is in sight.
 */
export function useOwnProject(own: string | undefined): void {
  const project = useProject();
  const navigate = useNavigate();
  const { search, hash } = useLocation();
  useEffect(() => {
    if (project !== undefined || own === undefined) return;
    const to = { search: withParams(search, { project: own }), hash };
    void navigate(to, { replace: true, preventScrollReset: true });
  }, [project, own, navigate, search, hash]);
}
