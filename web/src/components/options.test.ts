import { expect, it } from 'vitest';
import { matchOptions, MAX_SHOWN, type Option } from './options';

const options: Option[] = Array.from({ length: 10_000 }, (_, i) => ({
  id: `c${i}`,
  label: `column ${i}`,
}));
const ids = (shown: Option[]) => shown.map((option) => option.id);

it('caps long lists, with the selected ones first', () => {
  const { shown, hidden } = matchOptions(options, '', new Set(['c9999']));
  expect(shown).toHaveLength(MAX_SHOWN);
  expect(shown[0]?.id).toBe('c9999');
  expect(hidden).toBe(10_000 - MAX_SHOWN);
});

it('finds by part, beginnings first, whatever the case', () => {
  const few = [
    { id: 'a', label: 'my AUC' },
    { id: 'b', label: 'auc' },
    { id: 'c', label: 'rmse' },
  ];
  expect(ids(matchOptions(few, 'Auc', new Set()).shown)).toEqual(['b', 'a']);
});
