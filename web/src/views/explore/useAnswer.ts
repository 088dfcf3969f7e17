import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api/query';
import type { ModelAnswer, Plan } from './plan';

interface Answered {
  plan: Plan;
  answer: ModelAnswer;
}

/**
 * The newest plan that was answered: the last chart stays until the next one has its numbers, and
 * never is drawn with another's. Equal questions are one request, and one that nobody waits for is
 * cancelled (react-query does both).
 */
export function useAnswer(plan: Plan, isEnabled: boolean) {
  const query = useQuery({ ...post('/api/v1/models', { body: plan.query }), enabled: isEnabled });
  const [answered, setAnswered] = useState<Answered>();
  const { data } = query;
  if (data && (answered?.plan !== plan || answered.answer !== data)) {
    setAnswered({ plan, answer: data });
  }
  return {
    answered: isEnabled ? answered : undefined,
    isFetching: query.isFetching,
    error: query.error,
    retry: () => void query.refetch(),
  };
}
