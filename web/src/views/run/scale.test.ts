import { expect, it } from 'vitest';
import { around, pan, sinceStart, ticks, wholeSpan, zoom } from './scale';

const whole = { from: 0, to: 100_000 };

it('zooms around a moment and never leaves the run', () => {
  expect(zoom(whole, 0.5, 50_000, whole)).toEqual({ from: 25_000, to: 75_000 });
  expect(zoom(whole, 0.5, 0, whole)).toEqual({ from: 0, to: 50_000 });
  expect(zoom({ from: 0, to: 50_000 }, 4, 10_000, whole)).toEqual(whole);
  expect(pan({ from: 80_000, to: 90_000 }, 5, whole)).toEqual({ from: 90_000, to: 100_000 });
  expect(around({ start: 10_000, end: 20_000 }, whole)).toEqual({ from: 9_000, to: 21_000 });
  expect(around({ start: 0, end: 0 }, whole).to).toBeGreaterThan(0);
});

it('spans what happened outside of the run too', () => {
  expect(wholeSpan([{ start: -10, end: 1_000 }], { from: 0, to: 500 })).toEqual({
    from: -10,
    to: 1010.1,
  });
});

it('marks round times since the start', () => {
  expect(ticks({ from: 0, to: 75_000 }, 0).map(({ label }) => label)).toEqual([
    '0 s',
    '10 s',
    '20 s',
    '30 s',
    '40 s',
    '50 s',
    '1:00',
    '1:10',
  ]);
  expect(ticks({ from: 1_000, to: 1_010 }, 0)[0]?.label).toBe('1 s');
  expect(ticks({ from: 0, to: 1e12 }, 0).length).toBeLessThan(12);
});

it('reads times since the start', () => {
  expect(sinceStart(250)).toBe('250 ms');
  expect(sinceStart(1_250)).toBe('1.25 s');
  expect(sinceStart(90_000)).toBe('1:30');
  expect(sinceStart(7_200_000)).toBe('2:00:00');
  expect(sinceStart(-5_000)).toBe('−5 s');
});
