import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { get, post } from '../../api/query';
import { Checkbox } from '../Checkbox';
import { ErrorState } from '../ErrorState';
import { Loading } from '../Loading';
import { SearchField } from '../SearchField';
import { formatInteger } from '../../lib/format';
import { refOf, type Fields } from '../../query/fieldRef';
import { scalarOf, valueText, type Scalar } from '../../query/filters';
import { queryOf, type Question } from '../../query/modelQuery';

const SHOWN = 100;

interface Counted {
  value: Scalar | null;
  models: number | undefined;
}

interface ValuePickerProps {
  field: string;
  fields: Fields;
  question: Question;
  values: readonly (Scalar | null)[];
  onChange: (values: (Scalar | null)[]) => void;
}

/** The values of a field, the commonest first, with how many models have each. */
export function ValuePicker(props: ValuePickerProps) {
  const { field, fields, values, onChange } = props;
  const [search, setSearch] = useState('');
  const counted = useCounted(props, useDeferredValue(search));
  const found = counted.values ?? [];
  // What is chosen stays in sight whatever is searched for.
  const chosen = values.filter((value) => !found.some((one) => one.value === value));
  const listed: Counted[] = [...chosen.map((value) => ({ value, models: undefined })), ...found];

  function toggle(value: Scalar | null, isChosen: boolean) {
    onChange(isChosen ? [...values, value] : values.filter((old) => old !== value));
  }

  return (
    <div className="stack">
      <SearchField label="Search values" value={search} onChange={setSearch} />
      {counted.error ? (
        <ErrorState what="The values could not be read" error={counted.error} />
      ) : (
        <div className="value-list" role="group" aria-label={`Values of ${fields.label(field)}`}>
          {counted.values === undefined && <Loading />}
          {listed.map(({ value, models }) => (
            <div key={JSON.stringify(value)} className="value-option">
              <Checkbox
                isSelected={values.includes(value)}
                onChange={(isChosen) => toggle(value, isChosen)}
              >
                <bdi className="value-text" title={value === null ? undefined : String(value)}>
                  {valueText(value).slice(0, 300)}
                </bdi>
              </Checkbox>
              <span className="soft number">
                {models !== undefined && formatInteger(models)}
                {models !== undefined && (
                  <span className="visually-hidden">{models === 1 ? ' model' : ' models'}</span>
                )}
              </span>
            </div>
          ))}
          {counted.values !== undefined && listed.length === 0 && (
            <p className="soft">No value matches.</p>
          )}
        </div>
      )}
      {counted.isTruncated && (
        <p className="soft small">The {SHOWN} commonest values; search for others.</p>
      )}
    </div>
  );
}

function useCounted({ field, fields, question }: ValuePickerProps, search: string) {
  const kind = fields.kind(field);
  const isColumns = field === 'source_columns';
  const text = search.trim();
  const { project } = question;
  const columns = useQuery({
    ...get('/api/v1/columns', {
      params: {
        query: { ...(project !== undefined && { project }), ...(text !== '' && { search: text }) },
      },
    }),
    enabled: isColumns,
    placeholderData: keepPreviousData,
  });
  const filters = [...question.filters];
  if (text !== '') filters.push({ ...refOf(field), op: { contains: text } });
  const groups = useQuery({
    ...post('/api/v1/models', {
      body: queryOf(
        { ...question, filters },
        {
          dimensions: [refOf(field)],
          measures: [{ aggregate: 'count' }],
          sort: [{ output: 1, descending: true }],
          limit: SHOWN,
        },
      ),
    }),
    enabled: !isColumns,
    placeholderData: keepPreviousData,
  });
  if (isColumns) {
    const values = columns.data
      ?.slice(0, SHOWN)
      .map(({ column, models }): Counted => ({ value: column, models }));
    return { values, error: columns.error, isTruncated: (columns.data?.length ?? 0) > SHOWN };
  }
  const values = groups.data?.rows.flatMap(([raw, models]): Counted[] => {
    const value = scalarOf(raw, kind);
    return value === undefined ? [] : [{ value, models: Number(models) }];
  });
  return { values, error: groups.error, isTruncated: groups.data?.truncated === true };
}
