// Which marks can show what is on the shelves, the best first.

import type { Placed } from './roles';
import type { Mark, ShelfId } from './spec';

export const MARK_LABELS: Record<Mark, string> = {
  bar: 'Bars',
  line: 'Lines',
  point: 'Points',
  heat: 'Heat map',
  box: 'Box plot',
};

export function possibleMarks(
  placed: readonly Placed[],
  isRows: boolean,
  counted: ShelfId | undefined,
): readonly Mark[] {
  if (isRows) return ['point'];
  const on = (shelf: ShelfId) => placed.find((one) => one.shelf === shelf)?.role;
  const [x, y] = [on('x'), on('y')];
  if (x?.use === 'measure' && y?.use === 'measure') return ['point'];
  if (x?.use === 'group' && y?.use === 'group') {
    // A cell has one colour, so categories of colour need a mark each.
    return on('colour')?.use === 'group' ? ['point'] : ['heat', 'point'];
  }
  const group = x?.use === 'group' ? x : y?.use === 'group' ? y : undefined;
  const measure = x?.use === 'measure' ? x : y?.use === 'measure' ? y : undefined;
  const isCount = counted !== undefined || measure?.aggregate === 'count';
  const isCategory = group === undefined || group.scale === 'category';
  const isOrdered = !isCategory && (!isCount || group.scale === 'time');
  const first: Mark[] = isOrdered ? ['line', 'bar'] : ['bar', 'line'];
  // Of counts there are no quartiles.
  return [
    ...first,
    'point',
    ...(isCount || measure?.aggregate === 'distinct' ? [] : ['box' as const]),
  ];
}
