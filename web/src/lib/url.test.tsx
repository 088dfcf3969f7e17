import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { describe, expect, it } from 'vitest';
import { parse, serialise, useUrlState, withParams } from './url';

describe('parse', () => {
  it.each<[string | null, unknown, unknown]>([
    [null, 'x', 'x'],
    ['{"a":1}', 'x', '{"a":1}'],
    ['12', 0, 12],
    ['"12"', 0, 0],
    ['{', 0, 0],
    ['[1]', [], [1]],
    ['{"a":1}', [], []],
    ['null', {}, {}],
    ['true', false, true],
  ])('%s with fallback %j is %j', (text, fallback, value) =>
    expect(parse(text, fallback)).toEqual(value),
  );

  it('falls back when the check refuses', () => {
    const check = (value: unknown) => (value === 'asc' || value === 'desc' ? value : undefined);
    expect(parse<'asc' | 'desc'>('sideways', 'asc', check)).toBe('asc');
    expect(parse<'asc' | 'desc'>('desc', 'asc', check)).toBe('desc');
  });

  it('reads what serialise wrote', () => {
    for (const value of ['a & b=1', 'ünï', 3.5, true, ['x', 'y'], { a: [1] }]) {
      expect(parse<unknown>(serialise(value), value)).toEqual(value);
    }
  });
});

it('withParams keeps the other parameters', () => {
  expect(withParams('?project=a%2Fb&q=1', { q: null, sort: 'auc' })).toBe(
    '?project=a%2Fb&sort=auc',
  );
  expect(withParams('?q=1', { q: null })).toBe('');
});

describe('useUrlState', () => {
  function setup(url: string) {
    let inner: ReactNode = null;
    const router = createMemoryRouter([{ path: '*', element: <Slot /> }], {
      initialEntries: [url],
    });
    function Slot() {
      return inner;
    }
    function wrapper({ children }: { children: ReactNode }) {
      inner = children;
      return <RouterProvider router={router} />;
    }
    const hook = renderHook(
      () => ({ text: useUrlState('q', ''), page: useUrlState('page', 1, { history: 'push' }) }),
      { wrapper },
    );
    return { router, hook };
  }

  it('sets two states in one event', async () => {
    const { router, hook } = setup('/models?project=p');
    await act(async () => {
      hook.result.current.text[1]('tree');
      hook.result.current.page[1](3);
      await Promise.resolve();
    });
    expect(router.state.location.search).toBe('?project=p&q=tree&page=3');
  });

  it('leaves no trace of the fallback', async () => {
    const { router, hook } = setup('/models?q=tree&page=3');
    expect(hook.result.current.page[0]).toBe(3);
    await act(async () => {
      hook.result.current.page[1](1);
      await Promise.resolve();
    });
    expect(router.state.location.search).toBe('?q=tree');
  });
});
