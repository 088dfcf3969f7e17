export const MODELS_MAX = 10;

/** The ids in the address: as it says, but each once, and no more than are compared. */
export function idsOf(text: string): string[] {
  const ids = text.split(',').map((id) => id.trim());
  return [...new Set(ids.filter((id) => id !== ''))].slice(0, MODELS_MAX);
}

/** The reference is the first: differences are told from it. */
export function withReference(ids: readonly string[], id: string): string[] {
  return [id, ...ids.filter((other) => other !== id)];
}
