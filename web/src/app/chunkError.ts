/** What browsers and Vite say when a part of the page's code, or its style, does not come. */
const SAID = [
  /unable to preload css/i,
  /failed to fetch dynamically imported module/i,
  /error loading dynamically imported module/i,
  /importing a module script failed/i,
];

export function isChunkError(error: unknown): boolean {
  return error instanceof Error && SAID.some((said) => said.test(error.message));
}
