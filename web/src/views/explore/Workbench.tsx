import { useCallback, useMemo, useState } from 'react';
import { Tabs } from '../../components/Tabs';
import { useUrlState } from '../../lib/url';
import { FilterEditor } from '../../components/models/FilterEditor';
import { ChartArea } from './ChartArea';
import { ChartTab } from './ChartTab';
import { useExplorer } from './context';
import { FieldList } from './FieldList';
import { FilterEditing } from './filterEditing';
import { FilterShelf } from './FilterShelf';
import { ImportanceTab } from './importance/ImportanceTab';
import { ParallelTab } from './parallel/ParallelTab';
import { makePlan } from './plan';
import { Shelf } from './Shelf';
import { filterKey, isEmpty, removeFilter, SHELVES, type Filter } from './spec';
import { TableTab } from './TableTab';
import { Toolbar } from './Toolbar';
import { useAnswer } from './useAnswer';

const TABS = ['chart', 'table', 'parallel', 'importance'];
const readTab = (tab: unknown) => TABS.find((one) => one === tab);

export function Workbench() {
  const { project, spec, change, fields, index } = useExplorer();
  const [tab, setTab] = useUrlState<string>('tab', 'chart', { check: readTab });
  const plan = useMemo(() => makePlan(spec, index, project), [spec, index, project]);
  const [editing, setEditing] = useState<{ filter: Filter | null }>();
  const edit = useCallback((filter: Filter | null) => setEditing({ filter }), []);
  const hasChart = !isEmpty(spec) && plan.encodings.length > 0;
  const isChart = tab === 'chart' || tab === 'table';
  const answer = useAnswer(plan, hasChart && isChart);

  const others = editing?.filter ? removeFilter(spec, editing.filter) : spec;
  function save(filter: Filter) {
    const old = editing?.filter;
    const at = old ? spec.filters.findIndex((one) => filterKey(one) === filterKey(old)) : -1;
    const filters = at < 0 ? [...spec.filters, filter] : spec.filters.with(at, filter);
    change({ ...spec, filters });
  }

  const area = { isEmpty: !hasChart, answer };
  return (
    <FilterEditing value={edit}>
      <div className="explore">
        <FieldList fields={fields} />
        <div className="explore-main">
          <div className="shelves">
            {SHELVES.map((shelf) => (
              <Shelf key={shelf} shelf={shelf} />
            ))}
            <FilterShelf />
          </div>
          <Toolbar
            plan={plan}
            isChart={isChart}
            sql={hasChart ? answer.answered?.answer.sql : undefined}
          />
          {plan.problems.length > 0 && (
            <p role="status" className="explore-problem">
              {plan.problems.join(' ').slice(0, 500)}
            </p>
          )}
          <Tabs
            label="Ways to look at it"
            selected={tab}
            onChange={setTab}
            items={[
              {
                id: 'chart',
                label: 'Chart',
                content: (
                  <ChartArea {...area}>
                    {(shown, numbers) => <ChartTab plan={shown} answer={numbers} />}
                  </ChartArea>
                ),
              },
              {
                id: 'table',
                label: 'Table',
                content: (
                  <ChartArea {...area}>
                    {(shown, numbers) => <TableTab plan={shown} answer={numbers} />}
                  </ChartArea>
                ),
              },
              { id: 'parallel', label: 'Parallel coordinates', content: <ParallelTab /> },
              { id: 'importance', label: 'Parameter importance', content: <ImportanceTab /> },
            ]}
          />
        </div>
      </div>
      {editing && (
        <FilterEditor
          filter={editing.filter}
          fields={fields}
          question={{ project, scope: spec.scope, search: '', filters: others.filters }}
          onSave={save}
          onClose={() => setEditing(undefined)}
        />
      )}
    </FilterEditing>
  );
}
