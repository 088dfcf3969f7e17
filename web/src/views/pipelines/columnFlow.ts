// Where a column of a pipeline came from, and what becomes of it, through the stages.

import type { Stage } from '../../lib/alignPipelines';
import { paramList } from '../../lib/stages';

export type Part = 'selected' | 'from' | 'to' | 'both' | 'none';

export interface Flow {
  column: string;
  /** Columns that it was made of, near and far. */
  from: ReadonlySet<string>;
  /** Columns that were made of it. */
  to: ReadonlySet<string>;
  /** Those it was made of that no stage makes: the data's own. */
  sources: string[];
  /** Paths of stages that make it or read it or lie on the way. */
  stages: ReadonlySet<string>;
}

/** Without the pipelines that only hold other stages. */
export function leaves(stages: readonly Stage[]): Stage[] {
  return stages.filter(({ path }) => !stages.some((other) => other.path.startsWith(`${path}.`)));
}

/** Which of a stage's outputs come of which of its inputs. */
export function edgesOf(stage: Stage): [from: string, to: string][] {
  const inputs = stage.input_columns ?? [];
  const outputs = stage.output_columns ?? [];
  const sources = paramList(stage, 'inputCols');
  const targets = paramList(stage, 'outputCols');
  // A stage with as many outputs as inputs works column by column; unless it reads others besides.
  const isPaired = sources?.length === targets?.length && sources?.length === inputs.length;
  if (sources && targets && isPaired) {
    return sources.map((source, i) => [source, targets[i] ?? '']);
  }
  return inputs.flatMap((input) => outputs.map((output): [string, string] => [input, output]));
}

export function columnFlow(stages: readonly Stage[], column: string): Flow {
  const all = leaves(stages);
  const from = new Set<string>();
  const to = new Set<string>();
  const touched = new Set<string>();
  const follow = (order: readonly Stage[], found: Set<string>, side: 0 | 1) => {
    const wanted = new Set([column]);
    for (const stage of order) {
      for (const edge of edgesOf(stage)) {
        if (!wanted.has(edge[side])) continue;
        const other = edge[side === 0 ? 1 : 0];
        wanted.add(other);
        // A stage may write the column that it reads.
        if (other !== column) found.add(other);
        touched.add(stage.path);
      }
    }
  };
  follow([...all].reverse(), from, 1);
  follow(all, to, 0);
  const made = new Set(all.flatMap((stage) => stage.output_columns ?? []));
  const sources = [column, ...from].filter((name) => !made.has(name));
  return { column, from, to, sources, stages: touched };
}

export function partOf(flow: Flow | undefined, column: string): Part {
  if (!flow) return 'none';
  if (flow.column === column) return 'selected';
  const isFrom = flow.from.has(column);
  const isTo = flow.to.has(column);
  if (isFrom && isTo) return 'both';
  return isFrom ? 'from' : isTo ? 'to' : 'none';
}

export interface Step {
  stage: Stage;
  columns: string[];
}

/** The stages after the column, with what each makes of it. */
export function stepsTo(stages: readonly Stage[], flow: Flow): Step[] {
  const reached = new Set([flow.column, ...flow.to]);
  return leaves(stages).flatMap((stage) => {
    const made = edgesOf(stage).filter(([source]) => reached.has(source));
    const columns = [...new Set(made.map(([, target]) => target))];
    const isAfter = made.some(([, target]) => flow.to.has(target));
    return isAfter ? [{ stage, columns }] : [];
  });
}

/** The stages that made the column, with what each read for it, in their order. */
export function stepsFrom(stages: readonly Stage[], flow: Flow): Step[] {
  const needed = new Set([flow.column, ...flow.from]);
  return leaves(stages).flatMap((stage) => {
    const read = edgesOf(stage).filter(([, target]) => needed.has(target));
    const columns = [...new Set(read.map(([, target]) => target))];
    return columns.length > 0 && flow.stages.has(stage.path) ? [{ stage, columns }] : [];
  });
}
