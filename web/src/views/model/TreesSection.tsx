import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../../api/query';
import { IconButton } from '../../components/Button';
import { ErrorState } from '../../components/ErrorState';
import { Graph } from '../../components/graph/Graph';
import { Id } from '../../components/Id';
import { Loading } from '../../components/Loading';
import { NumberField } from '../../components/NumberField';
import { formatInteger, formatNumber } from '../../lib/format';
import { capitalised, TREE_NODES_MAX, upTo } from '../../lib/limits';
import { to } from '../../lib/links';
import { toFinite } from '../../lib/numbers';
import { useUrlState } from '../../lib/url';
import { Section } from './Section';
import { depthFor, treeGraph } from './treeGraph';

interface TreesSectionProps {
  /** The model whose trees these are. */
  of: string;
  count: number;
  modelId: string;
  project: string;
  isClassifier: boolean;
}

/** More would be slow to lay out, and nobody reads them. */
const MAX_NODES = 127;
const NONE: never[] = [];

/** The trees of a tree model, one at a time. */
export function TreesSection({ of, count, modelId, project, isClassifier }: TreesSectionProps) {
  const [tree, setTree] = useUrlState('tree', 0);
  const [depth, setDepth] = useUrlState('depth', 0);
  const params = { path: { model_id: of }, query: { tree } };
  const answer = useQuery({
    ...get('/api/v1/models/{model_id}/trees', { params }),
    placeholderData: keepPreviousData,
  });
  const nodes = answer.data ?? NONE;
  const levels = depth > 0 ? depth : depthFor(nodes, MAX_NODES);
  const graph = useMemo(
    () => treeGraph(nodes, levels, isClassifier),
    [nodes, levels, isClassifier],
  );
  const weight = toFinite(nodes[0]?.tree_weight);
  return (
    <Section id="trees" title={count === 1 ? 'Tree' : 'Trees'}>
      <div className="stack">
        <div className="row">
          {count > 1 && (
            <>
              <NumberField
                label={`Tree, 1 to ${formatInteger(count)}`}
                value={tree + 1}
                min={1}
                max={count}
                isInteger
                onChange={(number) => setTree((number ?? 1) - 1)}
              />
              <span className="row tree-steps">
                <IconButton
                  icon="minus"
                  label="Previous tree"
                  isDisabled={tree <= 0}
                  onPress={() => setTree(tree - 1)}
                />
                <IconButton
                  icon="plus"
                  label="Next tree"
                  isDisabled={tree >= count - 1}
                  onPress={() => setTree(tree + 1)}
                />
              </span>
            </>
          )}
          <NumberField
            label="Levels to draw"
            value={levels}
            min={1}
            max={30}
            isInteger
            onChange={(number) => setDepth(number ?? 0)}
          />
        </div>
        <p className="soft small">
          A row goes to <em>yes</em> where the question holds.{' '}
          {capitalised(upTo(nodes.length, TREE_NODES_MAX, 'node'))}
          {nodes.length >= TREE_NODES_MAX && ', there may be more'}, {graph.depth} levels below the
          root
          {graph.hidden > 0 && `; ${formatInteger(graph.hidden)} nodes are deeper than drawn`}
          {weight !== undefined && count > 1 && `; weight ${formatNumber(weight)}`}.{' '}
          {of !== modelId && (
            <>
              Of <Id of={of} href={to.model(of, project)} />, which is inside this model.
            </>
          )}
        </p>
        {answer.error && !answer.data ? (
          <ErrorState
            what="The tree could not be read"
            error={answer.error}
            onRetry={() => void answer.refetch()}
          />
        ) : answer.isPending ? (
          <Loading what="Reading the tree" />
        ) : (
          <Graph
            nodes={graph.nodes}
            edges={graph.edges}
            label={`Tree ${tree + 1} of ${count}`}
            height={420}
          />
        )}
      </div>
    </Section>
  );
}
