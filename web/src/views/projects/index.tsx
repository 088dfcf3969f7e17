import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import { get } from '../../api/query';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { SearchField } from '../../components/SearchField';
import { useUrlState } from '../../lib/url';
import { AlsoFound } from './AlsoFound';
import { ArchivedToggle } from './ArchivedToggle';
import { counted, headlinesByProject, matching, type Project, type Shown } from './projectList';
import { ArchivedNotice } from './ArchivedNotice';
import { ProjectCards } from './ProjectCards';
import './projects.css';
import { NoProjects, NothingFound } from './NoProjects';

export default function Projects() {
  const [search, setSearch] = useUrlState<string>('q', '');
  const [shown, setShown] = useUrlState<Shown>('show', 'active', { check: checkShown });
  const projects = useQuery({ ...get('/api/v1/projects'), placeholderData: keepPreviousData });
  // They take longer than all the rest, and the cards are good without them.
  const headlines = useQuery({ ...get('/api/v1/headlines'), enabled: projects.isSuccess });

  const [moved, setMoved] = useState<Project | null>(null);

  const wanted = useDeferredValue(search);
  const { data } = projects;
  const found = useMemo(() => matching(data ?? [], shown, wanted), [data, shown, wanted]);
  const byProject = useMemo(
    () => headlines.data && headlinesByProject(headlines.data),
    [headlines.data],
  );
  const archived = data?.filter((project) => project.archived).length ?? 0;
  const active = (data?.length ?? 0) - archived;

  return (
    <Page
      title="Projects"
      subtitle={
        <span role="status">
          {data
            ? counted(wanted === '' && shown === 'active' ? active : found.length, 'project')
            : ' '}
          {wanted !== '' && (found.length === 1 ? ' matches' : ' match')}
        </span>
      }
    >
      {(data === undefined || data.length > 0) && (
        <div className="projects-bar">
          <div className="projects-search">
            <SearchField
              label="Find a project, a column or a model"
              value={search}
              onChange={setSearch}
            />
          </div>
          {archived > 0 && <ArchivedToggle {...{ shown, active, archived }} onChange={setShown} />}
        </div>
      )}
      {wanted.trim() !== '' && <AlsoFound search={wanted.trim()} />}
      {moved && <ArchivedNotice project={moved} onDone={() => setMoved(null)} />}
      {projects.error && (
        <ErrorState
          what="The projects could not be read"
          error={projects.error}
          onRetry={() => void projects.refetch()}
        />
      )}
      {projects.isPending && <Loading what="Reading projects" />}
      {headlines.error && (
        <ErrorState
          what="The best values could not be read"
          error={headlines.error}
          onRetry={() => void headlines.refetch()}
        />
      )}
      {data?.length === 0 && <NoProjects />}
      {data && data.length > 0 && found.length === 0 && (
        <NothingFound
          {...{ shown, search: wanted }}
          onClear={() => setSearch('')}
          onShow={setShown}
        />
      )}
      {found.length > 0 && (
        <ProjectCards
          projects={found}
          headlines={byProject}
          areHeadlinesPending={headlines.isPending && !headlines.error}
          onArchived={setMoved}
        />
      )}
    </Page>
  );
}

function checkShown(value: unknown): Shown | undefined {
  return value === 'active' || value === 'archived' ? value : undefined;
}
