import { useMemo, useState } from 'react';
import { Icon } from '../../components/Icon';
import { SearchField } from '../../components/SearchField';
import { quoteName, type Catalog, type CatalogTable } from './catalog';

interface CatalogPanelProps {
  catalog: Catalog;
  onInsert: (text: string) => void;
}

/** What can be asked; a press puts its name into the query. */
export function CatalogPanel({ catalog, onInsert }: CatalogPanelProps) {
  const [search, setSearch] = useState('');
  const { tables, functions } = useMemo(() => matching(catalog, search.trim()), [catalog, search]);
  const isSearch = search.trim() !== '';
  const groups = [
    { title: 'Tables', tables: tables.filter(({ isView }) => !isView) },
    { title: 'Views', tables: tables.filter(({ isView }) => isView) },
  ];
  return (
    <div className="stack">
      <SearchField label="Search the catalog" value={search} onChange={setSearch} />
      <div className="sql-catalog">
        {groups.map(
          (group) =>
            group.tables.length > 0 && (
              <section key={group.title}>
                <h2>{group.title}</h2>
                <ul>
                  {group.tables.map((table) => (
                    <TableEntry
                      key={table.name}
                      table={table}
                      isOpen={isSearch && table.columns.length <= SEARCH_OPEN_MAX}
                      onInsert={onInsert}
                    />
                  ))}
                </ul>
              </section>
            ),
        )}
        {functions.length > 0 && (
          <section>
            <h2>Table functions</h2>
            <ul>
              {functions.map(({ name, call, comment }) => (
                <li key={name}>
                  <button type="button" className="sql-insert" onClick={() => onInsert(call)}>
                    {call}
                  </button>
                  <p className="soft small">{comment}</p>
                </li>
              ))}
            </ul>
          </section>
        )}
        {tables.length === 0 && functions.length === 0 && (
          <p className="soft">{isSearch ? 'Nothing matches.' : 'Reading the catalog…'}</p>
        )}
      </div>
    </div>
  );
}

/** A search opens tables whose matching columns are few. */
const SEARCH_OPEN_MAX = 12;

interface TableEntryProps {
  table: CatalogTable;
  isOpen: boolean;
  onInsert: (text: string) => void;
}

function TableEntry({ table, isOpen, onInsert }: TableEntryProps) {
  const [toggled, setToggled] = useState(false);
  const isShown = isOpen !== toggled;
  return (
    <li>
      <div className="sql-table">
        <button
          type="button"
          className="sql-toggle"
          aria-expanded={isShown}
          aria-label={`Columns of ${table.name}`}
          onClick={() => setToggled(!toggled)}
        >
          <Icon name={isShown ? 'chevron-down' : 'chevron-right'} size={14} />
        </button>
        <button
          type="button"
          className="sql-insert"
          title={table.comment}
          onClick={() => onInsert(quoteName(table.name))}
        >
          {table.name}
        </button>
        <span className="soft small">{table.columns.length}</span>
      </div>
      {isShown && (
        <>
          {table.comment !== '' && <p className="soft small sql-comment">{table.comment}</p>}
          <ul className="sql-columns">
            {table.columns.map(({ name, type, comment }) => (
              <li key={name}>
                <button
                  type="button"
                  className="sql-insert"
                  title={comment}
                  onClick={() => onInsert(quoteName(name))}
                >
                  {name}
                </button>
                <span className="soft small">{type}</span>
                {comment !== '' && <span className="soft small sql-comment">{comment}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </li>
  );
}

/** Tables whose own name or comment matches are whole; of others what matches of their columns. */
function matching({ tables, functions }: Catalog, search: string): Catalog {
  const text = search.toLowerCase();
  const has = (...texts: string[]) => texts.some((one) => one.toLowerCase().includes(text));
  if (text === '') return { tables, functions };
  return {
    tables: tables.flatMap((table) => {
      if (has(table.name)) return [table];
      const columns = table.columns.filter(({ name, comment }) => has(name, comment));
      return columns.length > 0 || has(table.comment) ? [{ ...table, columns }] : [];
    }),
    functions: functions.filter(({ name, comment }) => has(name, comment)),
  };
}
