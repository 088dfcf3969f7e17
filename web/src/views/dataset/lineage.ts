// The lineage of a dataset as nodes and edges to draw.

import type { GraphEdge, GraphNode } from '../../components/graph/types';
import { cut } from '../../components/Truncated';
import { formatInteger } from '../../lib/format';
import { to } from '../../lib/links';
import { shortClass, shortId } from '../../lib/names';
import { ownName } from '../../lib/datasetName';
import { shorten, toStepGraph, type Edge } from './steps';
import type { Dataset, Detail } from './types';

export interface Lineage {
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** Steps and models that the short form leaves out. */
  hidden: number;
}

const LABEL_MAX = 30;
/** Operations whose detail says which rows there are. */
const CHOOSES_ROWS = new Set(['filter', 'split', 'sample', 'limit']);

export function toLineage(detail: Detail, isWhole: boolean): Lineage {
  const current = detail.dataset.dataset_id;
  const datasets = new Map(detail.related.map((dataset) => [dataset.dataset_id, dataset]));
  datasets.set(current, detail.dataset);
  const learners = new Map(detail.models.map((model) => [model.model_id, model]));
  const whole = toStepGraph(current, detail.steps);
  const short = shorten(whole, { current, datasets, learners });
  const graph = isWhole ? whole : short;
  const { project } = detail.dataset;

  const origins = new Map(graph.edges.map((edge) => [edge.to, edge]));
  const nodes: GraphNode[] = [];
  for (const id of graph.datasets) {
    const node = datasetNode(id, datasets.get(id), origins.get(id), project);
    if (id === current) nodes.unshift({ ...node, isCurrent: true });
    else nodes.push(node);
  }
  for (const id of graph.models) {
    const name = learners.get(id)?.estimator ?? origins.get(id)?.detail;
    nodes.push({
      id,
      label: name ? shortClass(name) : shortId(id),
      detail: `model ${shortId(id)}`,
      href: to.model(id, project),
      category: 2,
    });
  }
  const size = (of: typeof whole) => of.datasets.size + of.models.size;
  return { nodes, edges: graph.edges.map(toGraphEdge), hidden: size(whole) - size(short) };
}

function datasetNode(
  id: string,
  dataset: Dataset | undefined,
  origin: Edge | undefined,
  project: string,
): GraphNode {
  const own = dataset && ownName(dataset);
  const label = own ?? origin?.operation ?? dataset?.operation ?? shortId(id);
  return {
    id,
    label: cut(label, LABEL_MAX),
    detail: cut(datasetDetail(dataset, origin) || `dataset ${shortId(id)}`, LABEL_MAX),
    href: to.dataset(id, project),
    category: origin ? 1 : 3,
  };
}

/** How it was joined; else how large it is. */
function datasetDetail(dataset: Dataset | undefined, origin: Edge | undefined): string {
  const isReshaped = origin && !CHOOSES_ROWS.has(origin.operation ?? '');
  if (isReshaped && origin.operation === 'join' && origin.detail) return bare(origin.detail);
  const sizes: string[] = [];
  if (dataset?.sample_role) sizes.push(dataset.sample_role);
  if (dataset?.row_count !== null && dataset?.row_count !== undefined) {
    sizes.push(`${formatInteger(dataset.row_count)} rows`);
  }
  if (dataset?.columns) sizes.push(`${dataset.columns.length} columns`);
  return sizes.join(', ');
}

function toGraphEdge({ from, to, operation, detail }: Edge): GraphEdge {
  if (!operation || !detail || !CHOOSES_ROWS.has(operation)) return { from, to };
  return { from, to, label: cut(bare(detail), LABEL_MAX), title: `${operation}: ${detail}` };
}

/** Without the brackets around all of it. */
export function bare(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let depth = 0;
  for (let i = 0; i < text.length - 1; i++) {
    if (text[i] === '(') depth += 1;
    if (text[i] === ')') depth -= 1;
    if (depth === 0) return text;
  }
  return bare(text.slice(1, -1));
}
