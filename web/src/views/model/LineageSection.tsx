import { useMemo } from 'react';
import { Graph } from '../../components/graph/Graph';
import { Truncated } from '../../components/Truncated';
import { formatInteger } from '../../lib/format';
import { lineageGraph, type Ancestor } from './lineageGraph';
import { Section } from './Section';

const MAX_FILES = 20;

/** From the source files to the model. */
export function LineageSection(props: { ancestry: readonly Ancestor[]; project: string }) {
  const { ancestry, project } = props;
  const { nodes, edges, sources, hidden } = useMemo(
    () => lineageGraph(ancestry, project),
    [ancestry, project],
  );
  return (
    <Section id="lineage" title="Lineage">
      <div className="stack">
        {sources.length > 0 && (
          <div>
            <h3 className="soft small">
              {sources.length === 1 ? 'Source' : `${formatInteger(sources.length)} sources`}
            </h3>
            <ul>
              {sources.slice(0, MAX_FILES).map((uri) => (
                <li key={uri}>
                  <code>
                    <Truncated>{uri}</Truncated>
                  </code>
                </li>
              ))}
              {sources.length > MAX_FILES && (
                <li className="soft">and {formatInteger(sources.length - MAX_FILES)} more</li>
              )}
            </ul>
          </div>
        )}
        {hidden > 0 && (
          <p className="soft small">
            {formatInteger(hidden)} steps in the middle are not drawn: there are too many.
          </p>
        )}
        <Graph nodes={nodes} edges={edges} label="Lineage of the model" height={300} />
      </div>
    </Section>
  );
}
