import type { ReactNode } from 'react';
import { Code } from './Code';
import './display.css';

interface EmptyStateProps {
  title: string;
  /** What to do next. */
  children?: ReactNode;
  /** A command or program that does it, with a button to copy. */
  code?: string;
  actions?: ReactNode;
}

export function EmptyState({ title, children, code, actions }: EmptyStateProps) {
  return (
    <div className="empty-state">
      <h2>{title}</h2>
      {children !== undefined && <div>{children}</div>}
      {code !== undefined && <Code label={title}>{code}</Code>}
      {actions !== undefined && <div className="row">{actions}</div>}
    </div>
  );
}
