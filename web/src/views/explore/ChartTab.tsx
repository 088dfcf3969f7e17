import { useMemo, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { Button } from '../../components/Button';
import { Chart } from '../../components/chart/Chart';
import type { ChartRow } from '../../components/chart/types';
import { EmptyState } from '../../components/EmptyState';
import { InProject } from '../../components/InProject';
import { to } from '../../lib/links';
import { useExplorer } from './context';
import { draw } from './draw';
import { modelsLink, pickGroup, type Picked } from './pick';
import type { ModelAnswer, Plan } from './plan';
import { answerRows, makeSeries } from './series';
import { addFilter } from './spec';
import { tableColumns } from './tableColumns';
import { useWidth } from './useWidth';
import { describe, notesOf } from './words';

const CANVAS_FROM = 1_000;

export function ChartTab({ plan, answer }: { plan: Plan; answer: ModelAnswer }) {
  const { project, spec, change } = useExplorer();
  const navigate = useNavigate();
  const { ref, width } = useWidth<HTMLDivElement>();
  const [picked, setPicked] = useState<{ plan: Plan; mark: Picked }>();
  const series = useMemo(() => makeSeries(plan, answer), [plan, answer]);
  const drawing = useMemo(() => draw(plan, series, width), [plan, series, width]);
  const columns = useMemo(() => tableColumns(plan, answer, project), [plan, answer, project]);

  function onPick(row: ChartRow) {
    const at = row['i'];
    if (typeof at !== 'number') return;
    const model = plan.outputs.model;
    if (model !== undefined) {
      const id = answerRows(answer)[at]?.[model];
      if (typeof id === 'string') void navigate(to.model(id, project));
      return;
    }
    const mark = pickGroup(plan, series, at);
    if (mark && mark.filters.length > 0) setPicked({ plan, mark });
  }

  if (answer.rows.length === 0) {
    return (
      <InProject>
        <EmptyState title="No model has all of these">
          Take a field off its shelf, remove a filter, or count models inside of pipelines too.
        </EmptyState>
      </InProject>
    );
  }
  const mark = picked?.plan === plan ? picked.mark : undefined;
  return (
    <div ref={ref} className="stack">
      <Chart
        spec={drawing.spec}
        data={drawing.rows}
        description={describe(plan, series)}
        height={drawing.height}
        renderer={series.rows.length >= CANVAS_FROM ? 'canvas' : 'svg'}
        columns={columns}
        onPick={onPick}
        caption={<Notes notes={notesOf(plan, series)} hint={hintOf(plan)} />}
      />
      <div role="status" className="picked">
        {mark && (
          <div className="row picked-mark">
            <bdi className="picked-label">{mark.label}</bdi>
            <Button
              size="small"
              icon="filter"
              onPress={() => change(mark.filters.reduce(addFilter, spec))}
            >
              Only this
            </Button>
            <Link
              to={modelsLink(project, spec.scope, mark.filters.reduce(addFilter, spec).filters)}
            >
              List the models
            </Link>
          </div>
        )}
      </div>
    </div>
  );
}

function hintOf(plan: Plan): string {
  return plan.isRows ? 'A point opens its model.' : 'Click a mark to filter or to list its models.';
}

function Notes({ notes, hint }: { notes: string[]; hint: string }) {
  return <span className="small chart-notes">{[...notes, hint].join(' ')}</span>;
}
