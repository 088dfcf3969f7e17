import { Suspense, type ReactNode } from 'react';
import { RouterProvider } from 'react-aria-components';
import { Link, Outlet, ScrollRestoration, useHref, useNavigate, useNavigation } from 'react-router';
import { Icon } from '../components/Icon';
import { Loading } from '../components/Loading';
import { to } from '../lib/links';
import './Layout.css';
import type { Live } from './live';
import { LiveIndicator } from './LiveIndicator';
import { MainNavigation, ProjectNavigation } from './Navigation';
import { ThemeToggle } from './ThemeToggle';

/** The frame around every view. `children` stands in for the view where there is none to route to. */
export function Layout({ live, children }: { live: Live; children?: ReactNode }) {
  const navigate = useNavigate();
  const loading = useNavigation().state === 'loading';
  return (
    // React Aria's links (menus, rows) go through the router as well.
    <RouterProvider navigate={(path) => void navigate(path)} useHref={useHref}>
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <header className="top">
        <div className="top-bar">
          <Link className="brand" to={to.projects()} aria-label="ModelDB">
            <Icon name="brand" size={18} />
            <span>ModelDB</span>
          </Link>
          <MainNavigation />
          <div className="top-end">
            <LiveIndicator live={live} />
            <ThemeToggle />
          </div>
        </div>
        <ProjectNavigation />
        {loading && <div className="busy-bar" />}
      </header>
      <main id="main" className="main" tabIndex={-1}>
        <Suspense fallback={<Loading />}>{children ?? <Outlet />}</Suspense>
      </main>
      <ScrollRestoration />
    </RouterProvider>
  );
}
