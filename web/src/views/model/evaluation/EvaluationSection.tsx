import { useMemo } from 'react';
import { Link } from 'react-router';
import { ErrorState } from '../../../components/ErrorState';
import { Loading } from '../../../components/Loading';
import { Select } from '../../../components/Select';
import { formatInteger } from '../../../lib/format';
import { to } from '../../../lib/links';
import { shortId } from '../../../lib/names';
import { isClassifier, readScored } from '../../../lib/scored';
import { useUrlState } from '../../../lib/url';
import { Section } from '../Section';
import { useScored } from '../useModel';
import { ClassifierCurves } from './ClassifierCurves';
import { confusionOf } from './confusion';
import { ClusterSizes } from './ClusterSizes';
import { ConfusionTable } from './ConfusionTable';
import { RegressorPlots } from './RegressorPlots';

interface EvaluationSectionProps {
  modelId: string;
  search: string | undefined;
  project: string;
  problem: string;
}

const TITLES: Record<string, string> = {
  binary: 'Confusion and ROC',
  multiclass: 'Confusion and ROC',
  clustering: 'Clusters',
};

/** How right the model was, over the scored rows that were sampled. */
export function EvaluationSection(props: EvaluationSectionProps) {
  const { modelId, search, project, problem } = props;
  const [dataset, setDataset] = useUrlState('scored', '');
  const scored = useScored(modelId, search, dataset);
  const rows = useMemo(() => readScored(scored.data), [scored.data]);
  const datasets = scored.data?.datasets ?? [];
  const rowsHref = to.modelRows(modelId, project);
  return (
    <Section
      id="evaluation"
      title={TITLES[problem] ?? 'Residuals'}
      actions={
        rows.length > 0 && (
          <>
            {datasets.length > 1 && (
              <Select
                label="Dataset"
                hideLabel
                options={datasets.map((of) => ({
                  id: of.dataset_id,
                  label: `${of.name ?? shortId(of.dataset_id)} (${formatInteger(of.rows)} rows)`,
                }))}
                value={scored.data?.dataset_id ?? null}
                onChange={(id) => setDataset(id ?? '')}
              />
            )}
            <Link to={rowsHref}>Look at the rows</Link>
          </>
        )
      }
    >
      {scored.error && !scored.data ? (
        <ErrorState
          what="Scored rows could not be read"
          error={scored.error}
          onRetry={() => void scored.refetch()}
        />
      ) : scored.isPending ? (
        <Loading what="Reading scored rows" />
      ) : rows.length === 0 ? (
        <p className="soft">
          No scored rows were sampled, so there is nothing to draw.{' '}
          <Link to={rowsHref}>How to sample them</Link>
        </p>
      ) : (
        <div className="stack">
          <p className="soft small">
            From {formatInteger(rows.length)} sampled rows of the dataset: close to the metrics
            above, not equal to them.
          </p>
          {isClassifier(problem) ? (
            <Classifier rows={rows} />
          ) : problem === 'clustering' ? (
            <ClusterSizes rows={rows} />
          ) : (
            <RegressorPlots
              rows={rows}
              rowHref={(id) => `${rowsHref}&row=${encodeURIComponent(id)}`}
            />
          )}
        </div>
      )}
    </Section>
  );
}

function Classifier({ rows }: { rows: ReturnType<typeof readScored> }) {
  const confusion = useMemo(() => confusionOf(rows), [rows]);
  return (
    <>
      <ConfusionTable confusion={confusion} />
      {confusion.unknown > 0 && (
        <p className="soft small">
          {formatInteger(confusion.unknown)} rows have no label or no prediction and are left out.
        </p>
      )}
      <ClassifierCurves rows={rows} />
    </>
  );
}
