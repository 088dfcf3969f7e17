// Every address in the page is made here. A project's name can be any text, so it travels only in
// the query string; ids are safe in paths but encoded all the same.

export interface ProjectView {
  path: string;
  label: string;
}

/** The views inside one project, in the order of the navigation. */
export const PROJECT_VIEWS: readonly ProjectView[] = [
  { path: '/models', label: 'Models' },
  { path: '/explore', label: 'Explore' },
  { path: '/pipelines', label: 'Pipelines' },
  { path: '/datasets', label: 'Datasets' },
  { path: '/columns', label: 'Columns' },
  { path: '/history', label: 'History' },
  { path: '/runs', label: 'Runs' },
];

type Params = Record<string, string | readonly string[] | undefined>;

function link(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (typeof value === 'string') query.set(key, value);
    else if (value !== undefined && value.length > 0) query.set(key, value.join(','));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

const segment = encodeURIComponent;

/** `project` on a page about one thing only keeps the project's navigation in sight. */
export const to = {
  projects: () => '/',
  sql: (query?: string) => link('/sql', { query }),
  models: (project: string) => link('/models', { project }),
  explore: (project: string) => link('/explore', { project }),
  pipelines: (project: string, models?: readonly string[]) =>
    link('/pipelines', { project, models }),
  datasets: (project: string) => link('/datasets', { project }),
  columns: (project: string, name?: string) => link('/columns', { project, name }),
  /** Of all projects. */
  allColumns: (wanted: { name?: string; search?: string } = {}) => link('/columns', wanted),
  history: (project: string) => link('/history', { project }),
  runs: (project: string) => link('/runs', { project }),
  model: (id: string, project?: string) => link(`/models/${segment(id)}`, { project }),
  modelRows: (id: string, project?: string) => link(`/models/${segment(id)}/rows`, { project }),
  compare: (models: readonly string[], project?: string) => link('/compare', { models, project }),
  dataset: (id: string, project?: string) => link(`/datasets/${segment(id)}`, { project }),
  run: (id: string, project?: string) => link(`/runs/${segment(id)}`, { project }),
};
