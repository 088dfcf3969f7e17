import type { ReactNode } from 'react';
import { ApiError } from '../api/client';
import { EmptyState } from './EmptyState';
import { ErrorState } from './ErrorState';

interface ReadErrorProps {
  /** `model`, `run`. */
  thing: string;
  id: string;
  error: Error;
  onRetry: () => void;
  /** Where to go instead of a thing that there is not. */
  actions?: ReactNode;
}

/** One thing could not be read; that there is none is no failure, and trying again no help. */
export function ReadError({ thing, id, error, onRetry, actions }: ReadErrorProps) {
  if (error instanceof ApiError && error.status === 404) {
    return (
      <EmptyState title={`There is no such ${thing}`} actions={actions}>
        No {thing} has the id {id.slice(0, 200)}. It may have been deleted.
      </EmptyState>
    );
  }
  return <ErrorState what={`The ${thing} could not be read`} error={error} onRetry={onRetry} />;
}
