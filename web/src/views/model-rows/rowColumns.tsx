import { Link } from 'react-router';
import type { Column } from '../../components/table/columns';
import { shortId } from '../../lib/names';
import { outcomeOf, type ScoredRow, type TableColumn } from '../../lib/scored';
import { Outcome } from './Outcome';
import { valueOf } from './rowFilters';

interface ColumnContext {
  own: readonly TableColumn[];
  isClassifier: boolean;
  hasProbability: boolean;
  hasLabels: boolean;
  /** Rows that can be followed through all stages. */
  followed: ReadonlySet<string>;
  picked: string;
  hrefOf: (id: string) => string;
}

export function rowColumns(context: ColumnContext): Column<ScoredRow>[] {
  const { own, isClassifier, hasProbability, hasLabels, followed, picked, hrefOf } = context;
  const columns: (Column<ScoredRow> | false)[] = [
    {
      id: '#row',
      header: 'Row',
      width: 110,
      description: 'A dot marks rows that were sampled after every stage',
      value: ({ id }) => id,
      cell: ({ id }) => (
        <Link to={hrefOf(id)} title={id} aria-current={id === picked ? 'true' : undefined}>
          {followed.has(id) && <span className="followed" aria-hidden="true" />}
          <code>{shortId(id)}</code>
          {followed.has(id) && <span className="visually-hidden">, sampled after every stage</span>}
        </Link>
      ),
    },
    isClassifier &&
      hasLabels && {
        id: '#outcome',
        header: 'Outcome',
        width: 100,
        value: outcomeOf,
        cell: (row) => <Outcome of={outcomeOf(row)} />,
      },
    hasLabels && numeric('#label', 'Label', 80),
    numeric('#prediction', 'Prediction', 100),
    hasProbability && {
      ...numeric('#confidence', 'Confidence', 110),
      description: 'The probability of what was predicted',
    },
    !isClassifier &&
      hasLabels && {
        ...numeric('#error', 'Off by', 100),
        description: 'Prediction minus label',
      },
    !isClassifier && hasLabels && { ...numeric('#off', 'Size of error', 110) },
    ...own.map(({ name, kind }): Column<ScoredRow> => ({
      id: name,
      header: name,
      width: 110,
      value: ({ values }) => values[name],
      ...((kind === 'number' || kind === 'integer') && { align: 'end' as const }),
      ...(kind === 'time' && { kind: 'time' as const }),
    })),
  ];
  return columns.filter((column) => column !== false);
}

function numeric(id: string, header: string, width: number): Column<ScoredRow> {
  return { id, header, width, align: 'end', value: (row) => valueOf(row, id) };
}
