import { expect, it } from 'vitest';
import { answer, field, plan } from '../testFields';
import { defaultAxes, withoutConstants } from './defaultAxes';

const axes = [field('family'), field('param:depth'), field('param:trees')];

it('leaves out what only makes a run repeatable, and what wires stages', () => {
  const options = [...axes, field('param:seed'), field('param:inputCols')];
  expect(defaultAxes(options)).toEqual(axes);
});

it('keeps the axes on which models differ, with their values', () => {
  const rows = [
    ['m-1', 'Tree', 5, null, 0.7],
    ['m-2', 'Tree', 6, null, 0.8],
  ];
  const metric = field('metric:auc');
  const shown = { axes, metric, answer: answer(plan({}), rows) };
  const kept = withoutConstants(shown);
  expect(kept.axes.map(({ id }) => id)).toEqual(['param:depth']);
  expect(kept.answer.rows).toEqual([
    ['m-1', 5, 0.7],
    ['m-2', 6, 0.8],
  ]);
  const one = withoutConstants({ ...shown, answer: answer(plan({}), rows.slice(0, 1)) });
  expect(one.axes).toEqual(axes);
});
