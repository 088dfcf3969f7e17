import { formatInteger, formatNumber } from '../../lib/format';
import { ClassName } from '../../components/ClassName';
import { outcomeOf, type ScoredRow } from '../../lib/scored';
import type { Slot } from './slots';
import type { StepNotes } from './stageNotes';

interface BeganProps {
  row: ScoredRow;
  noted: readonly StepNotes[];
  /** With how many rows it is compared; 0 where those are too few. */
  compared: number;
  isClassifier: boolean;
  /** The slots that moved the prediction most the wrong way. */
  misleading: readonly Slot[];
}

/** In one sentence: the first stage at which something about this row is unusual. */
export function Began({ row, noted, compared, isClassifier, misleading }: BeganProps) {
  const at = noted.findIndex(({ notes }) => notes.length > 0);
  const first = noted[at];
  const isWrong = isClassifier ? outcomeOf(row) === 'wrong' : true;
  const isSampled = noted.some(({ step }) => Object.keys(step.output_values).length > 0);
  return (
    <div className="began" data-found={first ? '' : undefined}>
      <strong>
        {isWrong && isClassifier ? 'Where the mistake may have begun' : 'What stands out'}
      </strong>
      {first ? (
        <p>
          {first.notes[0]?.isMade ? 'At' : 'Before'} stage {at + 1},{' '}
          <ClassName of={first.step.class} />:{' '}
          {first.notes.slice(0, 3).map(({ column, text }, i) => (
            <span key={i}>
              {i > 0 && '; '}
              <bdi>{column}</bdi> {text}
            </span>
          ))}
          . <a href={`#step-${at + 1}`}>See it</a>
        </p>
      ) : (
        <p>{nothing(compared, isSampled)}</p>
      )}
      {misleading.length > 0 && (
        <p>
          Inside the model, what moved the prediction most the wrong way:{' '}
          {misleading.map(({ index, name, value }, i) => (
            <span key={index}>
              {i > 0 && ', '}
              <bdi>{name}</bdi> ({formatNumber(value)})
            </span>
          ))}
          .
        </p>
      )}
      {!isSampled && (
        <p className="soft small">
          This row was sampled before the first stage only, so what the stages made of it is not
          known. A dot in the list marks the rows that were sampled after every stage.
        </p>
      )}
    </div>
  );
}

/** Nothing stands out: no stage can be blamed. */
function nothing(compared: number, isSampled: boolean): string {
  if (compared === 0) return 'That cannot be told: too few rows were sampled to compare it with.';
  const rows = `${formatInteger(compared)} sampled rows`;
  return isSampled
    ? `At no stage: next to ${rows} none of its values is unusual at any stage, so to the model it looks like many others.`
    : `That cannot be told: next to ${rows} nothing that the data says of it is unusual, and what the stages made of it was not sampled.`;
}
