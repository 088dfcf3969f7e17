import { api, ApiError, unwrap } from '../../api/client';
import type { components } from '../../api/schema';

export type FileForm = Exclude<components['schemas']['Form'], 'table'>;

const NAMES: Record<FileForm, string> = {
  csv: 'modeldb.csv',
  parquet: 'modeldb.parquet',
  json_lines: 'modeldb.jsonl',
};

/** All rows of a query as a file of the browser's downloads. */
export async function download(query: string, form: FileForm, signal: AbortSignal): Promise<void> {
  const url = URL.createObjectURL(await fileOf(query, form, signal));
  const link = document.createElement('a');
  link.href = url;
  link.download = NAMES[form];
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A query that fails after its first rows ends the answer in the middle: it has no other way. */
export async function fileOf(query: string, form: FileForm, signal: AbortSignal): Promise<Blob> {
  const body = await unwrap(
    api.POST('/api/v1/sql', { body: { query, form }, parseAs: 'stream', signal }),
  );
  try {
    return await new Response(body as ReadableStream).blob();
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiError(200, 'The export broke off: run the query to see why.');
  }
}
