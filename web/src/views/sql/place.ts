// Where in the text a mistake is. The agent counts characters, JavaScript counts UTF-16 units.

export interface Spot {
  line: number;
  column: number;
  width: number;
}

/** The range of a place; at least one character, and inside the text. */
export function rangeOf(text: string, { line, column, width }: Spot): { from: number; to: number } {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const start = Math.min(before, text.length);
  // By code points, as the agent counts.
  const characters = Array.from(text.slice(start));
  const length = (from: number, count: number) =>
    characters.slice(from, from + count).reduce((sum, one) => sum + one.length, 0);
  const from = Math.min(start + length(0, column - 1), text.length);
  const to = Math.min(from + Math.max(1, length(column - 1, width)), text.length);
  return from === to ? { from: Math.max(0, from - 1), to } : { from, to };
}

/**
 * A message without its excerpt of the query: `line 1: select modl_id` and the carets under it. The
 * editor shows the place itself.
 */
export function withoutExcerpt(error: Error): string {
  const lines = error.message.split('\n');
  const at = lines.findIndex((line, i) => i > 0 && /^\s*\^+\s*$/.test(line));
  const excerpt = /^line (\d+): /.exec(lines[at - 1] ?? '');
  if (!excerpt) return error.message;
  const rest = [...lines.slice(0, at - 1), ...lines.slice(at + 1)];
  rest[0] = `In line ${excerpt[1] ?? ''}: ${rest[0] ?? ''}`;
  return rest.join('\n');
}
