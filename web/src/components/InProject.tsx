import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { get } from '../api/query';
import { useProject } from '../app/project';
import { to } from '../lib/links';
import { EmptyState } from './EmptyState';

/** Why a view of a project is empty: `children`, unless there is no such project. */
export function InProject({ children }: { children: ReactNode }) {
  const project = useProject();
  const { data } = useQuery({
    ...get('/api/v1/projects', { params: { query: project === undefined ? {} : { project } } }),
    enabled: project !== undefined,
  });
  if (project === undefined || data?.length !== 0) return children;
  return (
    <EmptyState
      title="There is no such project"
      actions={<Link to={to.projects()}>All projects</Link>}
    >
      No project is called “<bdi>{project.slice(0, 200)}</bdi>”.
    </EmptyState>
  );
}
