import type { components } from '../../api/schema';

export type Project = components['schemas']['Project'];
export type Headline = components['schemas']['Headline'];

export type Shown = 'active' | 'archived';

/** Projects of which every word of the search is found in something that the card shows. */
export function matching(projects: readonly Project[], shown: Shown, search: string): Project[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return projects.filter((project) => {
    if (project.archived !== (shown === 'archived')) return false;
    if (words.length === 0) return true;
    const text = textOf(project).toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function textOf(project: Project): string {
  const tags = Object.entries(tagsOf(project)).flat();
  return [
    project.project,
    project.description ?? '',
    project.owner ?? '',
    ...tags,
    ...(project.families ?? []),
    ...(project.users ?? []),
    ...(project.sources ?? []),
  ].join('\n');
}

/** A tag that was taken away is told as an empty text or as null. */
export function tagsOf(project: Project): Record<string, string> {
  const set = Object.entries(project.tags ?? {}).filter(
    ([, value]) => value != null && value !== '',
  );
  return Object.fromEntries(set) as Record<string, string>;
}

export function headlinesByProject(headlines: readonly Headline[]): Map<string, Headline[]> {
  const byProject = new Map<string, Headline[]>();
  for (const headline of headlines) {
    const known = byProject.get(headline.project);
    if (known) known.push(headline);
    else byProject.set(headline.project, [headline]);
  }
  return byProject;
}

/** The last part of where data was read from; the whole belongs in a title. */
export function sourceName(uri: string): string {
  const path = uri.replace(/[?#].*$/s, '').replace(/\/+$/, '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  return last === '' ? uri : last;
}

/** `count` of a thing in words: `1 model`, `2 models`. */
export function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en-US')} ${thing}${count === 1 ? '' : 's'}`;
}
