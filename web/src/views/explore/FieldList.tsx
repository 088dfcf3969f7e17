import { memo, useMemo, useState } from 'react';
import {
  Collection,
  GridList,
  GridListHeader,
  GridListSection,
  ListLayout,
  useDragAndDrop,
  Virtualizer,
} from 'react-aria-components';
import { SearchField } from '../../components/SearchField';
import { formatInteger } from '../../lib/format';
import type { Fields } from '../../query/fieldRef';
import { dragItem } from './fieldDrag';
import { FieldRow } from './FieldRow';
import { groupFields, type FieldGroup } from './fields';

const ROW = 28;
const HEADING = 30;

/** The fields of the project by group; only those in sight are in the document. */
export const FieldList = memo(function FieldList({ fields }: { fields: Fields }) {
  const [text, setText] = useState('');
  const groups = useMemo(() => groupFields(fields.all, text), [fields, text]);
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) =>
      [...keys].map((key) => dragItem({ field: String(key) }, fields.label(String(key)))),
    getAllowedDropOperations: () => ['copy'],
  });
  const isCut = groups.some((group) => group.total > group.fields.length);

  return (
    <section className="fields" aria-label="Fields">
      <SearchField
        label="Search fields"
        placeholder={`Search ${formatInteger(fields.all.length)} fields`}
        value={text}
        onChange={setText}
      />
      {groups.length === 0 ? (
        <p className="soft fields-empty">No field has “{text.slice(0, 60)}” in its name.</p>
      ) : (
        <Virtualizer layout={ListLayout} layoutOptions={{ rowSize: ROW, headingSize: HEADING }}>
          <GridList
            aria-label="Fields"
            className="fields-list"
            items={groups}
            selectionMode="none"
            dragAndDropHooks={dragAndDropHooks}
          >
            {(group) => (
              <GridListSection id={`group ${group.id}`} aria-label={group.label}>
                <GridListHeader className="fields-heading">
                  {group.label} <span className="soft">{countText(group)}</span>
                </GridListHeader>
                <Collection items={group.fields}>
                  {(field) => <FieldRow field={field} />}
                </Collection>
              </GridListSection>
            )}
          </GridList>
        </Virtualizer>
      )}
      <p className="soft small fields-hint">
        {isCut && 'Search for the fields that are not shown. '}
        Drag a field to a shelf, or press it for a menu.
      </p>
    </section>
  );
});

function countText({ fields, total }: FieldGroup): string {
  const shown = formatInteger(fields.length);
  return total > fields.length ? `${shown} of ${formatInteger(total)}` : shown;
}
