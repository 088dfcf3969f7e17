// Where a key leads in the tree of operations.

import type { Node } from './tree';

export interface Move {
  /** The operation to select. */
  to?: string;
  /** The operation to open or close. */
  toggle?: string;
}

export function move(
  rows: readonly Node[],
  closed: ReadonlySet<string>,
  at: number,
  key: string,
  page: number,
): Move | undefined {
  const last = rows.length - 1;
  const select = (index: number): Move | undefined => {
    const row = rows[Math.min(last, Math.max(0, index))];
    return row && { to: row.operation.id };
  };
  const node = rows[at];
  switch (key) {
    case 'ArrowDown':
      return select(at + 1);
    case 'ArrowUp':
      return select(at < 0 ? last : at - 1);
    case 'PageDown':
      return select(at + page);
    case 'PageUp':
      return select(at - page);
    case 'Home':
      return select(0);
    case 'End':
      return select(last);
    case 'ArrowRight':
      if (!node || node.children.length === 0) return undefined;
      return closed.has(node.operation.id) ? { toggle: node.operation.id } : select(at + 1);
    case 'ArrowLeft':
      if (!node) return undefined;
      if (node.children.length > 0 && !closed.has(node.operation.id)) {
        return { toggle: node.operation.id };
      }
      return node.parent && { to: node.parent.operation.id };
    default:
      return undefined;
  }
}
