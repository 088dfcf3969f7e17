import type { components } from '../../api/schema';
import { EmptyState } from '../../components/EmptyState';
import { ResultTable } from '../../components/table/ResultTable';
import { Tabs } from '../../components/Tabs';
import { formatDuration, formatInteger } from '../../lib/format';
import { useUrlState } from '../../lib/url';
import { ResultChart } from './ResultChart';

type Answer = components['schemas']['SqlAnswer'];

/** The rows of an answer, as a table or as a chart. */
export function Results({ answer }: { answer: Answer }) {
  const [view, setView] = useUrlState('view', 'table');
  const { columns, rows, truncated, milliseconds } = answer;
  const count = `${formatInteger(rows.length)} ${rows.length === 1 ? 'row' : 'rows'}`;
  return (
    <div className="stack">
      <p role="status" className="soft">
        {truncated ? `The first ${count}: there are more, an export has all` : count}, in{' '}
        {formatDuration(milliseconds)}
      </p>
      {rows.length === 0 ? (
        <EmptyState title="No rows">
          The query ran, and nothing satisfies it. Its columns would be:{' '}
          {columns.map(({ name }) => name).join(', ')}.
        </EmptyState>
      ) : (
        <Tabs
          label="Result as"
          selected={view === 'chart' ? 'chart' : 'table'}
          onChange={setView}
          items={[
            {
              id: 'table',
              label: 'Table',
              content: (
                <ResultTable label="Result" columns={columns} rows={rows} maxHeight="65vh" />
              ),
            },
            { id: 'chart', label: 'Chart', content: <ResultChart table={answer} /> },
          ]}
        />
      )}
    </div>
  );
}
