import { useEffect, useRef } from 'react';
import { NavLink, useLocation } from 'react-router';
import { PROJECT_VIEWS, to } from '../lib/links';
import { useProject } from './project';

export function MainNavigation() {
  return (
    <nav className="nav" aria-label="Main">
      <NavLink to={to.projects()} end>
        Projects
      </NavLink>
      <NavLink to={to.sql()}>SQL</NavLink>
    </nav>
  );
}

export function ProjectNavigation() {
  const project = useProject();
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  const hasNav = project !== undefined;
  useEffect(() => {
    if (nav.current) showActive(nav.current);
  }, [pathname, hasNav]);
  if (project === undefined) return null;
  const search = `?${new URLSearchParams({ project }).toString()}`;
  return (
    <div className="project-bar">
      <div className="project-name" title={project}>
        <span className="visually-hidden">Project </span>
        <bdi>{project === '' ? '(no name)' : project}</bdi>
      </div>
      <nav
        className="nav"
        aria-label="Project"
        ref={nav}
        onScroll={(event) => markEnds(event.currentTarget)}
      >
        {PROJECT_VIEWS.map((view) => (
          <NavLink key={view.path} to={view.path + search}>
            {view.label}
          </NavLink>
        ))}
      </nav>
    </div>
  );
}

/** Where there is no room for all, the view that is open is in the middle. */
function showActive(nav: HTMLElement): void {
  const active = nav.querySelector<HTMLElement>('[aria-current="page"]');
  if (active) nav.scrollLeft = active.offsetLeft - (nav.clientWidth - active.offsetWidth) / 2;
  markEnds(nav);
}

/** At an end behind which there is more, the style fades. */
function markEnds(nav: HTMLElement): void {
  const hidden = nav.scrollWidth - nav.clientWidth;
  nav.toggleAttribute('data-more-before', nav.scrollLeft > 1);
  nav.toggleAttribute('data-more-after', nav.scrollLeft < hidden - 1);
}
