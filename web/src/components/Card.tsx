import { useId, type ReactNode } from 'react';
import './display.css';

interface CardProps {
  title?: ReactNode;
  actions?: ReactNode;
  /** Without padding, for a table that goes to the edges. */
  isFlush?: boolean;
  children: ReactNode;
}

export function Card({ title, actions, isFlush = false, children }: CardProps) {
  const id = useId();
  const hasTitle = title !== undefined;
  return (
    <section className="card" aria-labelledby={hasTitle ? id : undefined}>
      {(hasTitle || actions !== undefined) && (
        <div className="card-head">
          {hasTitle && <h2 id={id}>{title}</h2>}
          {actions !== undefined && <div className="row">{actions}</div>}
        </div>
      )}
      <div className="card-body" data-flush={isFlush ? '' : undefined}>
        {children}
      </div>
    </section>
  );
}
