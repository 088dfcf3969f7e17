import { describe, expect, it } from 'vitest';
import { findForks, metricsOf, siblingDelta } from './branches';
import { changesOf, compareWorks } from './differ';
import { drawGraph } from './drawing';
import { foldChains } from './fold';
import { States, type State } from './states';
import { makeWork, type Show } from './work';
import { modelOf, workName } from './names';

let time = 0;
function state(id: string, parents: string[], more: Partial<State>): State {
  time += 1;
  const at = `2026-11-29T10:00:${String(time % 60).padStart(2, '0')}Z`;
  return {
    state_id: id,
    parent_state_ids: parents,
    actions: 1,
    runs: 1,
    first_at: at,
    last_at: at,
    ...more,
  };
}

const fit = (id: string, parents: string[], name: string, more: Partial<State> = {}) =>
  state(id, parents, {
    kind: 'fit',
    role: 'stage',
    class: `a.b.${name}`,
    subject_id: `m-${id}`,
    ...more,
  });
const transform = (id: string, parents: string[]) =>
  state(id, parents, { kind: 'transform', class: 'a.b.Model', subject_id: `t-${id}` });
const evaluate = (id: string, parent: string, model: string, value: number, slice?: string) =>
  state(id, [parent], {
    kind: 'evaluate',
    metric: 'auc',
    value,
    larger_is_better: true,
    model_id: model,
    ...(slice !== undefined && { slice }),
  });

/** data → Indexer → Scaler → { Tree(5) | Tree(10) | search of a Forest }, each in a pipeline. */
function flights(): State[] {
  time = 0;
  return [
    state('data', [], { kind: 'data', name: 'file:/a/flights.csv' }),
    state('test', [], { kind: 'data', name: 'file:/a/test.csv' }),
    fit('p1', ['data'], 'Pipeline', { role: 'top' }),
    fit('index', ['data'], 'Indexer', { inside: ['m-p1', 'm-p2', 'm-p3'] }),
    transform('t1', ['data', 'index']),
    fit('scale', ['t1'], 'Scaler', { inside: ['m-p1', 'm-p2', 'm-p3'] }),
    transform('t2', ['t1', 'scale']),
    fit('tree5', ['t2'], 'Tree', { inside: ['m-p1'], params: { depth: '5', seed: '1' } }),
    transform('s1', ['test', 'tree5']),
    evaluate('e1', 's1', 'm-p1', 0.7),
    evaluate('e1s', 's1', 'm-p1', 0.6, "carrier = 'AA'"),
    fit('p2', ['data'], 'Pipeline', { role: 'top' }),
    fit('tree10', ['t2'], 'Tree', { inside: ['m-p2'], params: { depth: '10', seed: '1' } }),
    evaluate('e2', 's1', 'm-p2', 0.713),
    fit('p3', ['data'], 'Pipeline', { role: 'top' }),
    fit('cv', ['t2'], 'CrossValidator', { inside: ['m-p3'] }),
    fit('fold', ['t2'], 'Forest', { role: 'fold', inside: ['m-cv'] }),
    fit('best', ['t2'], 'Forest', { role: 'best', inside: ['m-cv'], params: { trees: '20' } }),
    evaluate('e3', 's1', 'm-p3', 0.69),
  ];
}

const graphOf = (states: State[], show: Show = 'fits') => makeWork(new States(states), show);
function work(graph: ReturnType<typeof graphOf>, id: string) {
  const found = graph.works.get(id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

describe('makeWork', () => {
  it('lets the last stage stand for its pipeline, and the best model for its search', () => {
    const graph = graphOf(flights());
    expect([...graph.works.keys()].sort()).toEqual([
      'best',
      'data',
      'index',
      'scale',
      'tree10',
      'tree5',
    ]);
    expect(work(graph, 'tree5').outer.map(({ state_id }) => state_id)).toEqual(['p1']);
    expect(modelOf(work(graph, 'tree5'))).toBe('m-p1');
    expect(workName(work(graph, 'best'))).toBe('Forest, best of CrossValidator');
    expect(modelOf(work(graph, 'best'))).toBe('m-p3');
    expect(work(graph, 'best').metrics.map(({ value }) => value)).toEqual([0.69]);
  });

  it('joins fits across transforms, without short cuts', () => {
    const graph = graphOf(flights());
    expect(graph.parents.get('tree5')).toEqual(['scale']);
    expect(graph.parents.get('scale')).toEqual(['index']);
    expect(graph.children.get('scale')?.sort()).toEqual(['best', 'tree10', 'tree5']);
  });

  it('shows folds and transforms when asked', () => {
    expect(graphOf(flights(), 'inner').works.has('fold')).toBe(true);
    expect(graphOf(flights(), 'all').works.has('t1')).toBe(true);
  });

  it('stands cycles and parents that are not told', () => {
    const graph = graphOf([fit('a', ['b', 'gone'], 'A'), fit('b', ['a'], 'B')]);
    expect(graph.works.size).toBe(2);
    expect(findForks(graph, 'auc')).toEqual([]);
  });
});

describe('foldChains', () => {
  it('folds steps of which nothing branches, until they are unfolded', () => {
    const states = [
      ...flights(),
      fit('x1', ['data'], 'X', { role: 'top' }),
      fit('x2', ['x1'], 'X', { role: 'top' }),
      fit('x3', ['x2'], 'X', { role: 'top' }),
    ];
    const graph = graphOf(states);
    expect(foldChains(graph, new Set()).chains.map(({ members }) => members)).toEqual([
      ['x1', 'x2'],
    ]);
    expect(foldChains(graph, new Set(['x1'])).chains).toEqual([]);
    const { nodes, edges } = drawGraph(graph, 'auc', new Set());
    expect(nodes.find(({ id }) => id === 'chain x1')?.label).toBe('2 fits: unfold');
    expect(edges).toContainEqual({ from: 'data', to: 'chain x1' });
    expect(edges).toContainEqual({ from: 'chain x1', to: 'x3' });
  });
});

describe('branches', () => {
  it('tells what each branch changed and what it did to the metric', () => {
    const [fork] = findForks(graphOf(flights()), 'auc');
    expect(fork?.at.state.state_id).toBe('scale');
    const [first, second, third] = fork?.branches ?? [];
    expect(first?.against).toBeUndefined();
    expect(second?.changes).toEqual([{ name: 'depth', from: '5', to: '10' }]);
    expect(second?.delta?.difference).toBeCloseTo(0.013);
    expect(second?.delta?.isBetter).toBe(true);
    expect(third?.changes).toEqual([{ name: 'class', from: 'Tree', to: 'Forest' }]);
    expect(third?.delta?.isBetter).toBe(false);
  });

  it('knows that less can be better', () => {
    const rmse = { metric: 'rmse', larger_is_better: false };
    const graph = graphOf([
      state('data', [], { kind: 'data' }),
      fit('a', ['data'], 'L', { role: 'top' }),
      fit('b', ['data'], 'L', { role: 'top' }),
      { ...evaluate('e1', 'a', 'm-a', 18), ...rmse },
      { ...evaluate('e2', 'b', 'm-b', 17), ...rmse },
    ]);
    expect(siblingDelta(graph, work(graph, 'b'), 'rmse')).toMatchObject({
      difference: -1,
      isBetter: true,
    });
    expect(siblingDelta(graph, work(graph, 'a'), 'rmse')).toBeUndefined();
  });

  it('puts metrics of all rows before those of slices', () => {
    expect(metricsOf(graphOf(flights())).map(({ slice }) => slice)).toEqual([
      null,
      "carrier = 'AA'",
    ]);
  });
});

describe('compareWorks', () => {
  it('finds where two works part, their parameters and metrics', () => {
    const graph = graphOf(flights());
    const compared = compareWorks(graph, work(graph, 'tree5'), work(graph, 'tree10'));
    expect(compared.common).toBe('scale');
    expect(compared.changes).toEqual([{ name: 'depth', from: '5', to: '10' }]);
    expect(compared.metrics.map(({ key, delta }) => [key, delta?.isBetter])).toEqual([
      ['["auc","carrier = \'AA\'"]', undefined],
      ['auc', true],
    ]);
  });

  it('names the steps before that differ', () => {
    const graph = graphOf([
      state('data', [], { kind: 'data' }),
      fit('i1', ['data'], 'Imputer', { params: { strategy: 'mean' } }),
      fit('i2', ['data'], 'Imputer', { params: { strategy: 'median' } }),
      fit('l1', ['i1'], 'L'),
      fit('l2', ['i2'], 'L'),
    ]);
    expect(compareWorks(graph, work(graph, 'l1'), work(graph, 'l2'))).toMatchObject({
      common: 'data',
      changes: [{ of: 'Imputer', name: 'strategy', from: 'mean', to: 'median' }],
      onlyA: [],
      onlyB: [],
    });
  });

  it('tells only the class of different classes', () => {
    expect(changesOf(fit('a', [], 'A', { params: { x: '1' } }), fit('b', [], 'B'))).toHaveLength(1);
  });
});
