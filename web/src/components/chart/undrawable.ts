import type { ChartRow, ChartSpec } from './types';

type Part = Record<string, unknown>;

/**
 * Whether Vega would draw axes and nothing else: of each mark, no row has finite numbers for both
 * of its positions. Fields that the specification itself makes are taken to be there.
 */
export function isUndrawable(spec: ChartSpec, data: readonly ChartRow[]): boolean {
  const units = unitsOf(spec, {});
  if (units.length === 0 || data.length === 0) return false;
  const known = new Set(data.flatMap((row) => Object.keys(row)));
  return units.every((encoding) => {
    const fields = ['x', 'y'].flatMap((channel) => {
      const { type, field } = (encoding[channel] ?? {}) as Part;
      return type === 'quantitative' && typeof field === 'string' && known.has(field)
        ? [field]
        : [];
    });
    return fields.length > 0 && !data.some((row) => fields.every((field) => isFinite(row[field])));
  });
}

/** The encodings of the marks, with what they have of the parts around them. */
function unitsOf(part: Part, above: Part): Part[] {
  const encoding = { ...above, ...(part['encoding'] as Part | undefined) };
  const inner = ['layer', 'concat', 'hconcat', 'vconcat'].flatMap((name) => part[name] ?? []);
  const parts = [...inner, ...(part['spec'] === undefined ? [] : [part['spec']])] as Part[];
  if (parts.length > 0) return parts.flatMap((one) => unitsOf(one, encoding));
  return part['mark'] === undefined ? [] : [encoding];
}

function isFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
}
