import type { ReactNode } from 'react';
import { Button } from './Button';
import './display.css';
import { Icon } from './Icon';

interface ErrorStateProps {
  /** What failed, as a sentence without its end: "Models could not be read". */
  what: string;
  error: unknown;
  onRetry?: () => void;
  retryLabel?: string;
  /** What is still good, such as the last answer: it stays below. */
  children?: ReactNode;
}

export function ErrorState({
  what,
  error,
  onRetry,
  retryLabel = 'Try again',
  children,
}: ErrorStateProps) {
  return (
    <>
      <div className="error-state" role="alert">
        <Icon name="warning" />
        <div className="error-text">
          <strong>{what}.</strong> {error instanceof Error ? error.message : String(error)}
        </div>
        {onRetry && (
          <Button size="small" icon="refresh" onPress={onRetry}>
            {retryLabel}
          </Button>
        )}
      </div>
      {children}
    </>
  );
}
