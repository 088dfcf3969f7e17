// What a list of options shows. A list box builds every option it is given, so of ten thousand it
// is given few, and says how many there are.

export interface Option {
  id: string;
  label: string;
  description?: string;
}

export const MAX_SHOWN = 200;

export interface ShownOptions {
  shown: Option[];
  /** Options that match but are not shown. */
  hidden: number;
}

/**
 * The options with `text` in their label, those that begin with it first; with no text the
 * selected ones come first, because people look there for what to change.
 */
export function matchOptions(
  options: readonly Option[],
  text: string,
  selected: ReadonlySet<string>,
): ShownOptions {
  const needle = text.trim().toLocaleLowerCase();
  const first: Option[] = [];
  const rest: Option[] = [];
  for (const option of options) {
    if (needle === '') {
      // Short lists stay in their order: options that jump about are worse than a scroll.
      const lift = options.length > MAX_SHOWN && selected.has(option.id);
      (lift ? first : rest).push(option);
      continue;
    }
    const at = option.label.toLocaleLowerCase().indexOf(needle);
    if (at === 0) first.push(option);
    else if (at > 0) rest.push(option);
  }
  const all = first.concat(rest);
  return { shown: all.slice(0, MAX_SHOWN), hidden: Math.max(0, all.length - MAX_SHOWN) };
}
