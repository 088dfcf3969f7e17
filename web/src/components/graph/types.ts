export interface GraphNode {
  id: string;
  label: string;
  /** A second line. */
  detail?: string;
  /** Where it leads; a node without is text, or a button where the graph has `onPick`. */
  href?: string;
  /** One of the categorical colours, for its edge. */
  category?: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
  /** The one that the page is about. */
  isCurrent?: boolean;
}

export interface GraphEdge {
  from: string;
  to: string;
  label?: string;
  /** All of it where the label is cut. */
  title?: string;
}
