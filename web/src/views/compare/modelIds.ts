export const MODELS_MAX = 10;

/** The ids in the address, each once: those that are compared, and those for which is no room. */
export function idsOf(text: string): { ids: string[]; left: string[] } {
  const named = text.split(',').map((id) => id.trim());
  const all = [...new Set(named.filter((id) => id !== ''))];
  return { ids: all.slice(0, MODELS_MAX), left: all.slice(MODELS_MAX) };
}

/** The reference is the first: differences are told from it. */
export function withReference(ids: readonly string[], id: string): string[] {
  return [id, ...ids.filter((other) => other !== id)];
}
