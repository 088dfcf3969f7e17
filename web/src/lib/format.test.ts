import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatNumber,
  formatPlain,
  formatRelative,
  formatUtc,
} from './format';

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [0.93412345, '0.9341'],
    [-12.5, '−12.5'],
    [123456, '123,456'],
    [123456.789, '123,457'],
    [0.00000123, '1.23e-6'],
    [1e21, '1e+21'],
    [NaN, 'NaN'],
    [-Infinity, '−∞'],
  ])('%s reads %s', (value, text) => expect(formatNumber(value)).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [850, '850 ms'],
    [12_340, '12.3 s'],
    [59_970, '1 min'],
    [245_000, '4 min 5 s'],
    [7_800_000, '2 h 10 min'],
    [273_600_000, '3 d 4 h'],
  ])('%s reads %s', (value, text) => expect(formatDuration(value)).toBe(text));
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [999_600, '1 MB'],
    [1536, '1.54 kB'],
    [5e12, '5 TB'],
  ])('%s reads %s', (value, text) => expect(formatBytes(value)).toBe(text));
});

describe('times', () => {
  const now = new Date('2026-11-29T12:00:00Z');
  it.each([
    ['2026-11-29T11:59:40Z', 'just now'],
    ['2026-11-29T11:55:00Z', '5 min. ago'],
    ['2026-11-28T11:00:00Z', 'yesterday'],
    ['2026-11-29T15:00:00Z', 'in 3 hr.'],
  ])('%s reads %s', (time, text) => expect(formatRelative(new Date(time), now)).toBe(text));

  it('is absolute in UTC', () => {
    expect(formatUtc(now)).toBe('2026-11-29 12:00:00 UTC');
    expect(formatUtc(new Date('no'))).toBe('invalid time');
  });
});

describe('formatPlain', () => {
  it.each([
    [null, ''],
    ['a\nb', 'a\nb'],
    [0.1, '0.1'],
    [['a', 1], '["a",1]'],
  ])('%j reads %s', (value, text) => expect(formatPlain(value)).toBe(text));
});
