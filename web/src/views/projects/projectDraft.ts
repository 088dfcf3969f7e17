import type { components } from '../../api/schema';
import { tagsOf, type Project } from './projectList';

export interface Draft {
  description: string;
  owner: string;
  tags: Readonly<Record<string, string>>;
  /** A tag that is typed but not added yet. */
  key: string;
  value: string;
}

/** What has to be sent; `undefined` where nothing was changed. */
export function editOf(
  project: Project,
  draft: Draft,
): components['schemas']['ProjectEdit'] | undefined {
  const before = tagsOf(project);
  const after = { ...draft.tags };
  // Saving with a tag half entered means it, if it is whole.
  const [key, value] = [draft.key.trim(), draft.value.trim()];
  if (key !== '' && value !== '') after[key] = value;

  const tags: Record<string, string | null> = {};
  for (const name of Object.keys(before)) if (!(name in after)) tags[name] = null;
  for (const [name, text] of Object.entries(after)) if (before[name] !== text) tags[name] = text;

  const description = draft.description.trim();
  const owner = draft.owner.trim();
  const changes = {
    ...(description !== (project.description ?? '') && { description }),
    ...(owner !== (project.owner ?? '') && { owner }),
    ...(Object.keys(tags).length > 0 && { tags }),
  };
  return Object.keys(changes).length > 0 ? { project: project.project, ...changes } : undefined;
}
