import { formatInteger, formatNumber } from '../../lib/format';
import { confidence, errorOf, outcomeOf, type ScoredRow } from '../../lib/scored';
import { Outcome } from './Outcome';
import { Pushes } from './Pushes';
import type { Slot } from './slots';

interface VerdictProps {
  row: ScoredRow;
  rows: readonly ScoredRow[];
  isClassifier: boolean;
  /** Of the vector that the model learnt from, where it is known. */
  slots: readonly Slot[];
  wrongSign: 1 | -1 | undefined;
}

/** The prediction against the label, and what the model made it of. */
export function Verdict(props: VerdictProps) {
  const { row, rows, isClassifier, slots, wrongSign } = props;
  return (
    <li className="step verdict">
      <div className="step-head">
        <h3>Prediction</h3>
        {isClassifier && <Outcome of={outcomeOf(row)} />}
      </div>
      <dl className="figures">
        <Figure name="Prediction" value={row.prediction} />
        <Figure name="Label" value={row.label} />
        {isClassifier ? (
          <Figure name="Confidence" value={confidence(row)} />
        ) : (
          <Figure name="Off by" value={errorOf(row)} />
        )}
      </dl>
      {row.probability && row.probability.length > 1 && (
        <p className="soft small">
          Probabilities:{' '}
          {row.probability.map((share, i) => `class ${i}: ${formatNumber(share)}`).join(', ')}
        </p>
      )}
      <p className="soft">{isClassifier ? similar(row, rows) : howFar(row, rows)}</p>
      {slots.length > 0 && (
        <Pushes slots={slots} directions={directionsOf(isClassifier)} wrongSign={wrongSign} />
      )}
    </li>
  );
}

function directionsOf(isClassifier: boolean): readonly [string, string] {
  return isClassifier ? ['towards 1', 'towards 0'] : ['higher', 'lower'];
}

function Figure({ name, value }: { name: string; value: number | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value === undefined ? '–' : formatNumber(value)}</dd>
    </div>
  );
}

/** How often the model is right when it predicts the same. */
function similar(row: ScoredRow, rows: readonly ScoredRow[]): string {
  const same = rows.filter(
    (other) => other.prediction === row.prediction && outcomeOf(other) !== 'unknown',
  );
  if (same.length === 0) return 'No sampled row with this prediction has a label.';
  const wrong = same.filter((other) => outcomeOf(other) === 'wrong').length;
  return `Of ${formatInteger(same.length)} sampled rows with this prediction, ${formatInteger(wrong)} are wrong.`;
}

function howFar(row: ScoredRow, rows: readonly ScoredRow[]): string {
  const error = errorOf(row);
  if (error === undefined) return 'Without a label it is not known how far it is off.';
  const errors = rows.map(errorOf).filter((other) => other !== undefined);
  const nearer = errors.filter((other) => Math.abs(other) < Math.abs(error)).length;
  const share = formatNumber((nearer / Math.max(1, errors.length)) * 100, 3);
  return `${share} % of ${formatInteger(errors.length)} sampled rows are less far off.`;
}
