import type { Column } from '../../components/table/columns';
import { Truncated } from '../../components/Truncated';
import type { ModelRow } from '../../components/models/rows';

/** The features through which a model learnt from a column. */
export function throughColumn(
  byModel: ReadonlyMap<string, readonly string[]> | undefined,
): Column<ModelRow> {
  const features = (row: ModelRow) => byModel?.get(row.id);
  return {
    id: 'through',
    header: 'through the features',
    description: 'Features that came of the column, by itself or together with others',
    value: (row) => features(row)?.join(', '),
    width: 320,
    isSortable: false,
    cell: (row) => {
      const names = features(row);
      if (byModel === undefined) return <span className="soft">…</span>;
      if (!names) return <span className="soft">not known</span>;
      const text = names.join(', ');
      return <Truncated>{names.length > 1 ? `${names.length}: ${text}` : text}</Truncated>;
    },
  };
}
