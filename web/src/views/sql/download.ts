import { api, unwrap } from '../../api/client';
import type { components } from '../../api/schema';

export type FileForm = Exclude<components['schemas']['Form'], 'table'>;

const NAMES: Record<FileForm, string> = {
  csv: 'modeldb.csv',
  parquet: 'modeldb.parquet',
  json_lines: 'modeldb.jsonl',
};

/** All rows of a query as a file of the browser's downloads. */
export async function download(query: string, form: FileForm): Promise<void> {
  const blob = await unwrap(
    api.POST('/api/v1/sql', { body: { query, form }, parseAs: 'blob' }) as Promise<{
      data?: Blob;
      error?: unknown;
      response: Response;
    }>,
  );
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = NAMES[form];
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
