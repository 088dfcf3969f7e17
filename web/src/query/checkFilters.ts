// Filters in an address are somebody's text until they are known to be filters.

import type { Filter, Op } from './filters';

export function checkFilters(value: unknown): Filter[] | undefined {
  return Array.isArray(value) && value.every(isFilter) ? value : undefined;
}

function isFilter(value: unknown): value is Filter {
  if (!isObject(value) || typeof value['field'] !== 'string') return false;
  return isText(value['slice']) && isText(value['dataset']) && isOp(value['op']);
}

function isOp(op: unknown): op is Op {
  if (!isObject(op)) return false;
  const names = Object.keys(op);
  const [name] = names;
  if (names.length !== 1 || name === undefined) return false;
  const of = op[name];
  switch (name) {
    case 'in':
    case 'not_in':
      return Array.isArray(of) && of.length > 0 && of.every((one) => one === null || isScalar(one));
    case 'contains':
      return typeof of === 'string';
    case 'missing':
      return typeof of === 'boolean';
    case 'range': {
      if (!isObject(of)) return false;
      const ends = [of['min'], of['max']].filter((end) => end !== undefined && end !== null);
      return ends.length > 0 && ends.every(isScalar);
    }
    default:
      return false;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): boolean =>
  value === undefined || value === null || typeof value === 'string';

const isScalar = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);
