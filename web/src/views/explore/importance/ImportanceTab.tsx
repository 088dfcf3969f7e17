import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { post } from '../../../api/query';
import { EmptyState } from '../../../components/EmptyState';
import { ErrorState } from '../../../components/ErrorState';
import { Loading } from '../../../components/Loading';
import { formatInteger } from '../../../lib/format';
import { useUrlState } from '../../../lib/url';
import { SqlDialog } from '../../../components/models/SqlDialog';
import { useExplorer } from '../context';
import { chooseMetric, varyingParameters } from '../metricChoice';
import { MetricSelect } from '../MetricSelect';
import { answerRows } from '../series';
import { ImportanceChart } from './ImportanceChart';
import { importanceQuery, IMPORTANCE_LIMIT, MAX_PARAMETERS, rankEffects } from './ranking';

/** Which parameters the metric depends on most. */
export function ImportanceTab() {
  const { project, spec, fields } = useExplorer();
  const [chosen, choose] = useUrlState<string>('metric', '');
  const metric = chooseMetric(fields.all, spec, chosen);
  const all = useMemo(() => varyingParameters(fields.all), [fields]);
  const parameters = useMemo(() => all.slice(0, MAX_PARAMETERS), [all]);
  const query = useQuery({
    ...post('/api/v1/models', {
      body: importanceQuery(project, spec, metric?.id ?? '', parameters),
    }),
    enabled: metric !== undefined,
    placeholderData: keepPreviousData,
  });
  const effects = useMemo(() => {
    // Of another metric's answer, which is shown until this one's comes, nothing is ranked.
    if (!query.data || !metric || query.isPlaceholderData) return undefined;
    return rankEffects(answerRows(query.data), parameters, metric);
  }, [query.data, query.isPlaceholderData, metric, parameters]);

  if (!metric) {
    return (
      <EmptyState title="No metric yet">
        Evaluate a model with an evaluator, or log a metric: then this page ranks the parameters by
        how much of the metric they explain.
      </EmptyState>
    );
  }
  const count = query.data?.rows.length ?? 0;
  return (
    <div className="stack">
      <div className="row explore-controls">
        <MetricSelect value={metric} onChange={choose} />
        <span className="explore-space" />
        <SqlDialog sql={query.data?.sql} />
      </div>
      {query.error && (
        <ErrorState
          what="The parameters could not be read"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.isFetching && !effects && <Loading what="Reading parameters" />}
      {effects && (
        <>
          <p className="soft small">
            From {formatInteger(count)}
            {query.data?.truncated && ` of ${formatInteger(query.data.total ?? 0)}`} models with{' '}
            <bdi>{metric.label}</bdi>
            {query.data?.truncated && `, the newest ${formatInteger(IMPORTANCE_LIMIT)}`}.
            {all.length > MAX_PARAMETERS &&
              ` The ${MAX_PARAMETERS} parameters that were set most often, of ${formatInteger(all.length)}.`}
          </p>
          <ImportanceChart metric={metric} effects={effects} />
        </>
      )}
      <Method />
    </div>
  );
}

function Method() {
  return (
    <details className="method">
      <summary>How this is computed, and what it does not say</summary>
      <p>
        Models are grouped by one parameter at a time: numbers with many values into eight groups of
        about as many models, everything else by value. <strong>Explains</strong> is the share of
        the metric’s variance that lies between the groups, corrected for the number of groups (ε²).
        0 % means that knowing the parameter tells nothing about the metric; 100 % that it tells
        all.
      </p>
      <p>
        Only models that have the parameter count, so parameters of one family are measured within
        that family. Each parameter is looked at alone: two that were changed together share what
        they explain, effects that need two parameters at once are missed, and nothing here says
        that one causes the other. With few models the numbers are rough; below five none are given.
      </p>
    </details>
  );
}
