import { Button } from '../../components/Button';
import { Badge } from '../../components/Badge';
import { Value } from '../../components/Value';
import { EXAMPLES } from './examples';
import type { Asked } from './memory';

interface QueryListProps {
  onChoose: (query: string) => void;
}

/** Queries to begin with. */
export function ExampleList({ onChoose }: QueryListProps) {
  return (
    <ul className="sql-queries">
      {EXAMPLES.map(({ title, query }) => (
        <li key={title}>
          <button type="button" className="sql-query" title={query} onClick={() => onChoose(query)}>
            {title}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface HistoryListProps extends QueryListProps {
  history: readonly Asked[];
  onClear: () => void;
}

/** The last fifty queries of this browser. */
export function HistoryList({ history, onChoose, onClear }: HistoryListProps) {
  if (history.length === 0) {
    return <p className="soft">What you run is listed here, in this browser only.</p>;
  }
  return (
    <div className="stack">
      <ul className="sql-queries">
        {history.map((asked) => (
          <li key={asked.query}>
            <button
              type="button"
              className="sql-query"
              title={asked.query.slice(0, TITLE_MAX)}
              onClick={() => onChoose(asked.query)}
            >
              <code>{asked.query.slice(0, SHOWN_MAX)}</code>
            </button>
            <span className="row soft small">
              <Value of={asked.at} kind="time" />
              {asked.isDraft && <Badge>not run</Badge>}
            </span>
          </li>
        ))}
      </ul>
      <div>
        <Button size="small" variant="quiet" onPress={onClear}>
          Clear the history
        </Button>
      </div>
    </div>
  );
}

const SHOWN_MAX = 300;
const TITLE_MAX = 2_000;
