import { expect, it } from 'vitest';
import { isChunkError } from './chunkError';

it('tells code that did not come from a view that threw', () => {
  expect(isChunkError(new Error('Unable to preload CSS for /assets/runs-1.css'))).toBe(true);
  expect(
    isChunkError(new TypeError('Failed to fetch dynamically imported module: http://x/a.js')),
  ).toBe(true);
  expect(isChunkError(new TypeError('x is undefined'))).toBe(false);
  expect(isChunkError('no error')).toBe(false);
});
