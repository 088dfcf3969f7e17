import { expect, it } from 'vitest';
import { curvesOf } from './learningCurves';

const point = (name: string, step: number, value: number | 'NaN', model_id = 'm') => ({
  name,
  step,
  value,
  model_id,
});

it('makes a curve of each value, without single steps and what is no number', () => {
  const curves = curvesOf(
    [
      point('loss', 0, 1),
      point('loss', 1, 'NaN'),
      point('loss', 2, 0.5),
      point('loss', 0, 2, 'n'),
      point('once', 0, 0),
    ],
    (id) => id.toUpperCase(),
  );
  expect(curves).toEqual([
    {
      name: 'loss',
      series: 2,
      points: [
        { step: 0, value: 1, model: 'M' },
        { step: 2, value: 0.5, model: 'M' },
        { step: 0, value: 2, model: 'N' },
      ],
    },
  ]);
});
