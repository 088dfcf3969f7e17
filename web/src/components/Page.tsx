import { useEffect, useRef, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { useProject } from '../app/project';
import './display.css';

interface PageProps {
  /** The heading, and the document's title. */
  title: string;
  /** A heading with markup; `title` is still the document's. */
  heading?: ReactNode;
  subtitle?: ReactNode;
  /** Buttons beside the heading. */
  actions?: ReactNode;
  children?: ReactNode;
}

export function Page({ title, heading, subtitle, actions, children }: PageProps) {
  const ref = useRef<HTMLHeadingElement>(null);
  const { pathname, key } = useLocation();
  const project = useProject();
  // The first location of a visit is 'default': there the browser has the focus right. Filters
  // change the search and the key, but not the page, and must not pull the focus away.
  const isFirst = key === 'default';
  const place = `${pathname} ${project ?? ''}`;
  const focused = useRef(isFirst ? place : '');
  useEffect(() => {
    // A page that learnt its project from its answer is the same page.
    const isSame = focused.current === place || focused.current === `${pathname} `;
    focused.current = place;
    if (isSame) return;
    ref.current?.focus({ preventScroll: true });
  }, [place, pathname]);

  return (
    <div className="page">
      <title>{`${title} · ModelDB`}</title>
      <div className="page-head">
        <div className="stack" style={{ gap: 2 }}>
          <h1 ref={ref} tabIndex={-1}>
            {heading ?? <bdi>{title}</bdi>}
          </h1>
          {subtitle !== undefined && <div className="page-subtitle">{subtitle}</div>}
        </div>
        {actions !== undefined && <div className="row">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
