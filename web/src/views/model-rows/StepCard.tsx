import { Link } from 'react-router';
import { Badge } from '../../components/Badge';
import { ClassName } from '../../components/ClassName';
import { Icon } from '../../components/Icon';
import { Value } from '../../components/Value';
import { to } from '../../lib/links';
import type { Feature } from '../model/features';
import { isMissing, standingOf, type Population } from './population';
import { readVector, slotsOf } from './slots';
import { pairOf, type StageNote, type TraceStep } from './stageNotes';
import { Vector } from './Vector';

interface StepCardProps {
  step: TraceStep;
  number: number;
  notes: readonly StageNote[];
  population: Population;
  features: readonly Feature[];
  /** The columns whose value is unusual. */
  odd: ReadonlySet<string>;
  /** The data's own columns, which no stage made. */
  own: ReadonlySet<string>;
  project: string | undefined;
}

/** A stage, and the row's values before and after it. */
export function StepCard({ step, number, notes, ...context }: StepCardProps) {
  const { model_id: modelId } = step;
  return (
    <li className="step" id={`step-${number}`} data-noted={notes.length > 0 ? '' : undefined}>
      <div className="step-head">
        <span className="step-number">{number}</span>
        <h3>
          {modelId ? (
            <Link to={to.model(modelId, context.project)}>
              <ClassName of={step.class} />
            </Link>
          ) : (
            <ClassName of={step.class} />
          )}
        </h3>
        {notes.length > 0 && (
          <Badge tone="warn" icon="warning">
            {notes.length === 1 ? 'one thing to see' : `${notes.length} things to see`}
          </Badge>
        )}
      </div>
      <Values step={step} {...context} />
      {notes.length > 0 && (
        <ul className="step-notes">
          {notes.map(({ column, text }, i) => (
            <li key={i}>
              <Icon name="warning" size={12} />
              <span>
                <strong>
                  <bdi>{column}</bdi>
                </strong>{' '}
                {text}
              </span>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

type Context = Omit<StepCardProps, 'number' | 'notes'>;

function Values({ step, ...context }: Context) {
  const { input_columns: inputs, output_columns: outputs } = step;
  if (inputs.length + outputs.length === 0) {
    return <p className="soft small">Which columns it reads and writes was not recorded.</p>;
  }
  const isPaired = inputs.length > 1 && inputs.length === outputs.length;
  if (isPaired) {
    return (
      <ul className="pairs">
        {inputs.map((input) => {
          const output = pairOf(step, input) ?? '';
          const isChanged = !isSame(step.input_values[input], step.output_values[output]);
          return (
            <li key={input}>
              <Cell name={input} values={step.input_values} {...context} />
              <Icon name="chevron-right" size={14} />
              <Cell name={output} values={step.output_values} isChanged={isChanged} {...context} />
            </li>
          );
        })}
      </ul>
    );
  }
  return (
    <div className="before-after">
      <List title="Before" names={inputs} values={step.input_values} {...context} />
      <Icon name="chevron-right" />
      <List title="After" names={outputs} values={step.output_values} isChanged {...context} />
    </div>
  );
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

interface ListProps extends Omit<Context, 'step'> {
  title: string;
  names: readonly string[];
  values: Record<string, unknown>;
  isChanged?: boolean;
}

function List({ title, names, ...rest }: ListProps) {
  return (
    <div>
      <h4 className="soft small">{title}</h4>
      <ul className="cells">
        {names.map((name) => (
          <li key={name}>
            <Cell name={name} {...rest} />
          </li>
        ))}
        {names.length === 0 && <li className="soft small">no columns</li>}
      </ul>
    </div>
  );
}

interface CellProps extends Omit<Context, 'step'> {
  name: string;
  values: Record<string, unknown>;
  isChanged?: boolean;
}

function Cell(props: CellProps) {
  const { name, values, isChanged = false, population, own, odd, features } = props;
  const isThere = name in values;
  const value = values[name];
  const vector = readVector(value);
  const isOdd = odd.has(name);
  // Of what a stage made, only what is unusual: the percentile of an index says nothing.
  const isTold = !vector && (isOdd || own.has(name));
  const standing = isTold ? standingOf(value, population.get(name)) : undefined;
  return (
    <div className="cell" data-changed={isChanged && isThere ? '' : undefined}>
      <div className="cell-name">
        <bdi>{name}</bdi>
      </div>
      {!isThere ? (
        <span className="soft small">not sampled here</span>
      ) : vector ? (
        <Vector
          slots={slotsOf(vector, { column: name, features, among: undefined, isLearnt: false })}
        />
      ) : isMissing(value) ? (
        <span className="cell-missing">
          <Icon name="unmeasured" size={12} /> missing
        </span>
      ) : (
        <span className="cell-value">
          <Value of={value} />
        </span>
      )}
      {standing && !isMissing(value) && (
        <span className={isOdd ? 'cell-odd small' : 'soft small'}>
          {isOdd && <Icon name="warning" size={11} />} {standing.text}
        </span>
      )}
    </div>
  );
}
