import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { post } from '../../../api/query';
import { EmptyState } from '../../../components/EmptyState';
import { ErrorState } from '../../../components/ErrorState';
import { Loading } from '../../../components/Loading';
import { MultiSelect } from '../../../components/MultiSelect';
import { formatInteger } from '../../../lib/format';
import { useUrlState } from '../../../lib/url';
import { SqlDialog } from '../../../components/models/SqlDialog';
import { useExplorer } from '../context';
import { isNumber, type Field } from '../fields';
import { chooseMetric, varyingParameters } from '../metricChoice';
import { MetricSelect } from '../MetricSelect';
import { defaultAxes, withoutConstants, type Shown } from './defaultAxes';
import type { ModelAnswer } from '../plan';
import { LINE_LIMIT, parallelQuery } from './parallelQuery';
import { ParallelView } from './ParallelView';

const MAX_AXES = 20;

/** Every model a line through its parameters to the metric. */
export function ParallelTab() {
  const { project, spec, fields, index } = useExplorer();
  const [chosen, choose] = useUrlState<string>('metric', '');
  const [wanted, setWanted] = useUrlState<string[]>('axes', []);
  const metric = chooseMetric(fields.all, spec, chosen);
  const options = useMemo(() => axisOptions(fields.all), [fields]);
  const axes = useMemo(() => {
    const given = wanted.flatMap((id) => index.get(id) ?? []).slice(0, MAX_AXES);
    return given.length > 0 ? given : defaultAxes(options);
  }, [wanted, index, options]);
  const query = useQuery(
    post('/api/v1/models', { body: parallelQuery(project, spec, axes, metric) }),
  );
  const [shown, setShown] = useState<Shown & { of: ModelAnswer; asked: readonly Field[] }>();
  if (query.data && (shown?.of !== query.data || shown.asked !== axes)) {
    const next = { answer: query.data, axes, metric };
    setShown({
      of: query.data,
      asked: axes,
      ...(wanted.length > 0 ? next : withoutConstants(next)),
    });
  }

  return (
    <div className="stack">
      <div className="row explore-controls">
        <MetricSelect value={metric} onChange={choose} />
        <MultiSelect
          label="Axes"
          options={options.map(({ id, label, group }) => ({ id, label, description: group }))}
          value={(shown?.axes ?? axes).map(({ id }) => id)}
          onChange={setWanted}
        />
        <span className="explore-space" />
        <SqlDialog sql={query.data?.sql} />
      </div>
      {query.error && (
        <ErrorState
          what="The models could not be read"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      )}
      {!shown && query.isPending && <Loading what="Reading models" />}
      {shown && shown.answer.rows.length === 0 && (
        <EmptyState title="No model to draw">
          No model has the metric and passes the filters. Remove a filter, or count models inside
          pipelines and searches too.
        </EmptyState>
      )}
      {shown && shown.answer.rows.length > 0 && (
        <div
          className="stack chart-area"
          aria-busy={query.isFetching}
          data-stale={query.isFetching ? '' : undefined}
        >
          <p className="soft small">{limitText(shown)} Drag along an axis to filter.</p>
          <ParallelView {...shown} />
        </div>
      )}
    </div>
  );
}

/** The family first: parameters of others are missing on its lines. */
function axisOptions(fields: readonly Field[]): Field[] {
  const family = fields.filter(({ id }) => id === 'family');
  const numbers = fields.filter((field) => field.group === 'model' && isNumber(field));
  return [...family, ...varyingParameters(fields), ...numbers];
}

function limitText({ answer, metric }: Shown): string {
  const count = answer.rows.length;
  if (!answer.truncated) {
    return `${formatInteger(count)} ${count === 1 ? 'model, a line' : 'models, a line each'}.`;
  }
  const which = metric ? `best by ${metric.label}` : 'newest';
  return `The ${formatInteger(LINE_LIMIT)} ${which} of ${formatInteger(answer.total ?? 0)} models, a line each.`;
}
