import { expect, it } from 'vitest';
import { kindOf, readValue } from './attributeValue';

it.each([
  ['true', true, 'a truth value'],
  [' 1e-3 ', 0.001, 'a number'],
  ['1.2.3', '1.2.3', 'text'],
  ['True', 'True', 'text'],
  ['', '', 'text'],
])('%s is %s', (text, value, kind) => {
  expect(readValue(text)).toBe(value);
  expect(kindOf(readValue(text))).toBe(kind);
});
