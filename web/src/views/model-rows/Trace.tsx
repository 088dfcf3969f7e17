import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import { get } from '../../api/query';
import { Button, IconButton } from '../../components/Button';
import { ErrorState } from '../../components/ErrorState';
import { Id } from '../../components/Id';
import { Loading } from '../../components/Loading';
import type { ScoredRow } from '../../lib/scored';
import type { Feature } from '../model/features';
import { Began } from './Began';
import { comparedWith, type Population } from './population';
import { misleading, readVector, slotsOf, wrongSignOf } from './slots';
import { notesOf, type TraceStep } from './stageNotes';
import { StepCard } from './StepCard';
import { Verdict } from './Verdict';

interface TraceProps {
  modelId: string;
  project: string | undefined;
  row: ScoredRow;
  /** All scored rows, and the place of this one among those listed. */
  rows: readonly ScoredRow[];
  place: string;
  isClassifier: boolean;
  features: readonly Feature[];
  population: Population;
  own: ReadonlySet<string>;
  onStep: (by: 1 | -1) => void;
  canStep: { previous: boolean; next: boolean };
  onClose: () => void;
}

/** One row on its way through the stages. */
export function Trace(props: TraceProps) {
  const { modelId, project, row, rows, place, isClassifier, features, population, own } = props;
  const { onStep, canStep, onClose } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const params = { path: { model_id: modelId }, query: { row: row.id } };
  const trace = useQuery({
    ...get('/api/v1/models/{model_id}/trace', { params }),
    placeholderData: keepPreviousData,
    // A sampled row does not change.
    meta: { live: false },
  });
  const steps = trace.data as unknown as TraceStep[] | undefined;
  const noted = useMemo(
    () => notesOf(steps ?? [], population, features),
    [steps, population, features],
  );

  const slots = useMemo(() => {
    const vector = learntVector(steps ?? [], features);
    const hasWeights = features.some(
      ({ coefficient, importance }) => coefficient != null || importance != null,
    );
    if (!vector || !hasWeights) return [];
    const { column, value } = vector;
    return slotsOf(value, { column, features, among: population.get(column), isLearnt: true });
  }, [steps, features, population]);
  const wrongSign = wrongSignOf(row, isClassifier);

  // Whoever picks a row wants to read it, and to go on with the arrow keys.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if ((event.target as Element).closest('input, [role="region"]')) return;
    if (event.key === 'ArrowLeft' && canStep.previous) onStep(-1);
    else if (event.key === 'ArrowRight' && canStep.next) onStep(1);
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
  }

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys for what its buttons do
    <section className="trace" aria-label={`Row ${row.id}`} onKeyDown={onKeyDown}>
      <div className="trace-head">
        <h2 ref={heading} tabIndex={-1}>
          Row <Id of={row.id} canCopy what="row id" />
        </h2>
        <span className="soft small">{place}</span>
        <span className="row trace-tools">
          <Button
            size="small"
            isDisabled={!canStep.previous}
            aria-keyshortcuts="ArrowLeft"
            onPress={() => onStep(-1)}
          >
            ← Previous
          </Button>
          <Button
            size="small"
            isDisabled={!canStep.next}
            aria-keyshortcuts="ArrowRight"
            onPress={() => onStep(1)}
          >
            Next →
          </Button>
          <IconButton icon="cross" label="Close the row" size="small" onPress={onClose} />
        </span>
      </div>
      {trace.error ? (
        <ErrorState
          what="The row's way could not be read"
          error={trace.error}
          onRetry={() => void trace.refetch()}
        />
      ) : !steps ? (
        <Loading what="Following the row" />
      ) : (
        <div aria-busy={trace.isPlaceholderData} className="trace-body">
          <Began
            row={row}
            noted={noted}
            compared={comparedWith(population)}
            isClassifier={isClassifier}
            misleading={misleading(slots, wrongSign)}
          />
          <ol className="steps">
            {noted.map(({ step, notes, odd }, i) => (
              <StepCard
                key={i}
                step={step}
                number={i + 1}
                notes={notes}
                odd={odd}
                population={population}
                features={features}
                own={own}
                project={project}
              />
            ))}
            <Verdict
              row={row}
              rows={rows}
              isClassifier={isClassifier}
              slots={slots}
              wrongSign={wrongSign}
            />
          </ol>
        </div>
      )}
    </section>
  );
}

/** The vector that the last stage reads; where that is not recorded, the last one of its size. */
function learntVector(steps: readonly TraceStep[], features: readonly Feature[]) {
  const size = features[0]?.slot_count;
  const read = Object.entries(steps.at(-1)?.input_values ?? {});
  const made = steps.toReversed().flatMap((step) => Object.entries(step.output_values));
  for (const [column, values] of [...read, ...made]) {
    const value = readVector(values);
    if (value && value.length === size) return { column, value };
  }
  return undefined;
}
