import { useSearchParams } from 'react-router';

/** The project in the address; `undefined` where none is. */
export function useProject(): string | undefined {
  const [params] = useSearchParams();
  return params.get('project') ?? undefined;
}
