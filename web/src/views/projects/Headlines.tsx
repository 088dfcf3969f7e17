import { Link } from 'react-router';
import { Sparkline } from '../../components/Sparkline';
import { Value } from '../../components/Value';
import { formatNumber } from '../../lib/format';
import { to } from '../../lib/links';
import type { Headline } from './projectList';

interface HeadlinesProps {
  headlines: readonly Headline[];
  project: string;
  isPending: boolean;
  hasModels: boolean;
}

/** The best value of each headline metric. The place is kept while they are awaited. */
export function Headlines({ headlines, project, isPending, hasModels }: HeadlinesProps) {
  if (headlines.length === 0) {
    return (
      <div className="headlines" aria-busy={isPending}>
        <span className="soft">
          {isPending ? ' ' : hasModels ? 'No model was measured yet.' : 'No models yet.'}
        </span>
      </div>
    );
  }
  return (
    <div className="headlines">
      <table>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Best value</th>
            <th scope="col">Trend</th>
          </tr>
        </thead>
        <tbody>
          {headlines.map((headline) => (
            <tr key={headline.metric}>
              <th scope="row">
                <bdi className="truncated" title={headline.metric}>
                  {headline.metric.slice(0, 100)}
                </bdi>
              </th>
              <td className="number">
                <Best headline={headline} project={project} />
              </td>
              <td>
                <span className="headline-trend">
                  <Direction of={headline.larger_is_better} />
                  <Trend headline={headline} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Best({ headline, project }: { headline: Headline; project: string }) {
  const { best, best_model_id: model, metric } = headline;
  const value = <Value of={best} />;
  if (model == null) return value;
  return (
    <Link to={to.model(model, project)} title={`Best ${metric}: ${String(best)} by ${model}`}>
      <span className="soft small">best </span>
      {value}
      <span className="visually-hidden">: open the model</span>
    </Link>
  );
}

/** Which way is better: a falling line can be good news. */
function Direction({ of: isLarger }: { of: boolean | null | undefined }) {
  if (isLarger == null) return null;
  return (
    <span className="soft small" title={isLarger ? 'Larger is better' : 'Smaller is better'}>
      <span aria-hidden="true">
        {isLarger ? '↑' : '↓'}
        <span className="headline-word"> better</span>
      </span>
      <span className="visually-hidden">{isLarger ? 'larger' : 'smaller'} is better</span>
    </span>
  );
}

function Trend({ headline }: { headline: Headline }) {
  const values = (headline.trend ?? []).map((value) => (typeof value === 'number' ? value : null));
  const known = values.filter((value) => value !== null);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined || values.length < 2) return null;
  const direction =
    headline.larger_is_better == null
      ? ''
      : `; ${headline.larger_is_better ? 'larger' : 'smaller'} is better`;
  const label = `Best ${headline.metric} over time, from ${formatNumber(first)} to ${formatNumber(last)}${direction}`;
  return <Sparkline values={values} label={label} />;
}
