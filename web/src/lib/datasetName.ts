import { baseName, shortId } from './names';

interface Named {
  dataset_id: string;
  name?: string | null;
  written_uris?: string[] | null;
  operation?: string | null;
}

/** Its own name: that of its file or table. Most steps on the way have none. */
export function ownName({ name, written_uris }: Named): string | undefined {
  const own = name ?? written_uris?.[0];
  if (own === undefined || own.trim() === '') return undefined;
  return own.includes('/') ? baseName(own) : own;
}

/** What people call a dataset: by its file or table, else by how it was made. */
export function datasetName(dataset: Named): string {
  const own = ownName(dataset);
  if (own !== undefined) return own;
  return [dataset.operation, shortId(dataset.dataset_id)].filter(Boolean).join(' ');
}

/** `flights.csv, planes.csv and 2 more`. */
export function sourceNames(uris: readonly string[] | null | undefined, most = 3): string {
  const names = [...new Set((uris ?? []).map(baseName))];
  if (names.length <= most) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
