import type { ReactNode } from 'react';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import type { ModelAnswer, Plan } from './plan';
import { Starters } from './Starters';
import type { useAnswer } from './useAnswer';

interface ChartAreaProps {
  isEmpty: boolean;
  answer: ReturnType<typeof useAnswer>;
  children: (plan: Plan, answer: ModelAnswer) => ReactNode;
}

/** What is there for the shelves: questions to begin with, the answer, or why there is none. */
export function ChartArea({ isEmpty, answer, children }: ChartAreaProps) {
  const { answered, isFetching, error, retry } = answer;
  if (isEmpty) return <Starters />;
  return (
    <>
      {error && (
        <ErrorState what="The agent could not answer this chart" error={error} onRetry={retry} />
      )}
      {answered ? (
        <div className="chart-area" aria-busy={isFetching} data-stale={isFetching ? '' : undefined}>
          {children(answered.plan, answered.answer)}
        </div>
      ) : (
        !error && <Loading what="Asking the agent" />
      )}
    </>
  );
}
