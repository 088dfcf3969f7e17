import { expect, it } from 'vitest';
import type { Stage } from '../../lib/alignPipelines';
import { columnFlow, edgesOf, leaves, partOf, stepsFrom, stepsTo } from './columnFlow';

function stage(path: string, inputs: string[], outputs: string[], pairs = false): Stage {
  return {
    path,
    depth: path.split('.').length - 1,
    stage_index: 0,
    class: `c${path}`,
    input_columns: inputs,
    output_columns: outputs,
    params: pairs
      ? { inputCols: JSON.stringify(inputs), outputCols: JSON.stringify(outputs) }
      : null,
  };
}

const stages = [
  stage('0', [], []),
  stage('0.0', ['carrier', 'origin'], ['carrier_ix', 'origin_ix'], true),
  stage('0.1', ['age', 'carrier_ix', 'origin_ix'], ['raw']),
  stage('1', ['raw'], ['prediction', 'probability']),
];

it('goes column by column where a stage does', () => {
  const flow = columnFlow(stages, 'carrier_ix');
  expect([...flow.from]).toEqual(['carrier']);
  expect([...flow.to]).toEqual(['raw', 'prediction', 'probability']);
  expect(flow.sources).toEqual(['carrier']);
  expect([...flow.stages].sort()).toEqual(['0.0', '0.1', '1']);
});

it('finds all sources of what comes out', () => {
  expect(columnFlow(stages, 'prediction').sources.sort()).toEqual(['age', 'carrier', 'origin']);
});

it('says what a column is to another', () => {
  const flow = columnFlow(stages, 'raw');
  expect(['raw', 'age', 'prediction', 'nothing'].map((name) => partOf(flow, name))).toEqual([
    'selected',
    'from',
    'to',
    'none',
  ]);
  expect(partOf(undefined, 'raw')).toBe('none');
});

it('tells the steps', () => {
  const flow = columnFlow(stages, 'raw');
  expect(stepsFrom(stages, flow).map(({ stage: at }) => at.path)).toEqual(['0.0', '0.1']);
  expect(stepsTo(stages, flow).map(({ columns }) => columns)).toEqual([
    ['prediction', 'probability'],
  ]);
});

it('stands a stage that writes what it reads, and one without columns', () => {
  const flow = columnFlow([stage('0', ['x'], ['x'])], 'x');
  expect([flow.from.size, flow.to.size]).toEqual([0, 0]);
  expect(edgesOf(stage('0', [], ['y']))).toEqual([]);
  expect(leaves(stages).map(({ path }) => path)).toEqual(['0.0', '0.1', '1']);
});
