// What this browser keeps. Storage can be forbidden or full, and hold what something else wrote: then
// nothing is remembered, and nothing else fails.

export type Where = 'browser' | 'tab';

const storageOf = (where: Where) => (where === 'browser' ? localStorage : sessionStorage);

/** What was kept under `key`, unchecked; `undefined` where there is nothing that can be read. */
export function kept(key: string, where: Where = 'browser'): unknown {
  try {
    const text = storageOf(where).getItem(key);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the browser kept it. */
export function keep(key: string, value: unknown, where: Where = 'browser'): boolean {
  try {
    storageOf(where).setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
