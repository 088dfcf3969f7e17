import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '../../api/client';
import { get } from '../../api/query';
import type { components } from '../../api/schema';
import type { Project } from './projectList';

type ProjectEdit = components['schemas']['ProjectEdit'];

/** Changes a project; the card shows the agent's answer, and what the agent has is read again. */
export function useProjectEdit() {
  const client = useQueryClient();
  const { queryKey } = get('/api/v1/projects');
  return useMutation({
    mutationFn: (edit: ProjectEdit): Promise<Project> =>
      unwrap(api.PATCH('/api/v1/projects', { body: edit })),
    onSuccess: (changed) => {
      client.setQueryData<Project[]>(queryKey, (projects) =>
        projects?.map((project) => (project.project === changed.project ? changed : project)),
      );
    },
  });
}
