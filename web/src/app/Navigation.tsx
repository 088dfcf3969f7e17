import { NavLink } from 'react-router';
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
  if (project === undefined) return null;
  const search = `?${new URLSearchParams({ project }).toString()}`;
  return (
    <div className="project-bar">
      <div className="project-name" title={project}>
        <span className="visually-hidden">Project </span>
        <bdi>{project === '' ? '(no name)' : project}</bdi>
      </div>
      <nav className="nav" aria-label="Project">
        {PROJECT_VIEWS.map((view) => (
          <NavLink key={view.path} to={view.path + search}>
            {view.label}
          </NavLink>
        ))}
      </nav>
    </div>
  );
}
