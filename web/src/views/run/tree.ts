// The operations of a run as rows of a timeline: nested, in order, with a start and an end.

import { shortClass } from '../../lib/names';
import { finite, type Operation } from './types';

export type Kind = 'fit' | 'transform' | 'evaluate' | 'save';

export interface Node {
  operation: Operation;
  /** Milliseconds since the epoch. An evaluation or a save is a moment: its end is its start. */
  start: number;
  end: number;
  isOpen: boolean;
  depth: number;
  children: Node[];
  parent: Node | undefined;
}

/** The roots, by their start. `now` is the end of what still runs. */
export function toTree(operations: readonly Operation[], now: number): Node[] {
  const nodes = new Map(operations.map((operation) => [operation.id, toNode(operation, now)]));
  const roots: Node[] = [];
  for (const node of nodes.values()) {
    const parent = nodes.get(node.operation.parent_id ?? '');
    if (!parent || parent === node || isInside(parent, node)) roots.push(node);
    else {
      node.parent = parent;
      parent.children.push(node);
    }
  }
  for (const root of roots) arrange(root);
  return roots.sort(byStart);
}

/** Whether `node` is above `below` already, which no program can mean. */
function isInside(below: Node, node: Node): boolean {
  for (let at: Node | undefined = below; at; at = at.parent) if (at === node) return true;
  return false;
}

function toNode(operation: Operation, now: number): Node {
  const start = Date.parse(operation.started_at ?? '');
  const duration = finite(operation.duration_ms);
  const isOpen = operation.status === 'running';
  const begin = Number.isNaN(start) ? now : start;
  const end = duration !== undefined ? begin + duration : isOpen ? Math.max(now, begin) : begin;
  return { operation, start: begin, end, isOpen, depth: 0, children: [], parent: undefined };
}

/** Without recursion: a chain can be as long as the run. */
function arrange(root: Node): void {
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    node.children.sort(byStart);
    for (const child of node.children) {
      child.depth = node.depth + 1;
      waiting.push(child);
    }
  }
}

function byStart(a: Node, b: Node): number {
  return a.start - b.start;
}

/** The rows that are open, in the order in which they are shown. */
export function flatten(roots: readonly Node[], closed: ReadonlySet<string>): Node[] {
  const rows: Node[] = [];
  const waiting = [...roots].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    rows.push(node);
    if (closed.has(node.operation.id)) continue;
    for (let i = node.children.length - 1; i >= 0; i--) {
      const child = node.children[i];
      if (child) waiting.push(child);
    }
  }
  return rows;
}

/** Only operations of these kinds, and those that they are inside of. */
export function keep(roots: readonly Node[], isKept: (node: Node) => boolean): Node[] {
  return roots.flatMap((node) => {
    const children = keep(node.children, isKept);
    return isKept(node) || children.length > 0 ? [{ ...node, children }] : [];
  });
}

const KIND_TEXT: Record<string, string> = {
  fit: 'fit',
  transform: 'transform',
  evaluate: 'evaluation',
  save: 'save',
};

export function kindText(kind: string): string {
  return KIND_TEXT[kind] ?? kind;
}

/** What an operation is called. */
export function operationName({ kind, class: name, detail }: Operation): string {
  const short = name ? shortClass(name) : '';
  if (kind === 'evaluate') return detail ?? short;
  return short || (detail ?? kindText(kind));
}

/** With more operations than this only the roots are open at first. */
const OPEN_UNTIL = 300;

/** What is closed: by default, or toggled; never what the chosen operation is inside of. */
export function closedOf(
  all: readonly Node[],
  toggled: ReadonlySet<string>,
  chosen: Node | undefined,
): Set<string> {
  const closed = new Set<string>();
  const isOpen = all.length <= OPEN_UNTIL;
  const inSight = ancestorsOf(chosen);
  for (const { operation, children } of all) {
    const { id } = operation;
    if (children.length > 0 && toggled.has(id) === isOpen && !inSight.has(id)) closed.add(id);
  }
  return closed;
}

export function ancestorsOf(node: Node | undefined): Set<string> {
  const ids = new Set<string>();
  for (let at = node?.parent; at; at = at.parent) ids.add(at.operation.id);
  return ids;
}
