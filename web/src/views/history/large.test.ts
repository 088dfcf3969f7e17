import { expect, it } from 'vitest';
import { findForks } from './branches';
import { drawGraph } from './drawing';
import { States, type State } from './states';
import { makeWork } from './work';

it('is quick with a thousand states', () => {
  const states: State[] = [{ state_id: 's0', kind: 'data', actions: 1, runs: 1 }];
  for (let i = 1; i < 1000; i += 1) {
    const isFit = i % 3 === 0;
    states.push({
      state_id: `s${i}`,
      kind: isFit ? 'fit' : 'transform',
      role: 'top',
      class: 'a.B',
      params: { depth: String(i) },
      parent_state_ids: [`s${Math.floor(i / 2)}`, `s${Math.max(0, i - 7)}`],
      subject_id: `m${i}`,
      first_at: String(i).padStart(4, '0'),
      actions: 1,
      runs: 1,
    });
  }
  const started = performance.now();
  const graph = makeWork(new States(states), 'all');
  findForks(graph, 'auc');
  drawGraph(graph, 'auc', new Set());
  expect(performance.now() - started).toBeLessThan(5_000);
});
