import { Link } from 'react-router';
import { useProject } from '../../app/project';
import { EmptyState } from '../../components/EmptyState';
import { InProject } from '../../components/InProject';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { to } from '../../lib/links';
import './history.css';
import { HistoryView } from './HistoryView';
import { Toolbar } from './Toolbar';
import { useHistory } from './useHistory';

export default function History() {
  const project = useProject();
  if (project === undefined) {
    return (
      <Page title="History">
        <EmptyState title="History of what?" actions={<Link to={to.projects()}>Projects</Link>}>
          Choose a project first.
        </EmptyState>
      </Page>
    );
  }
  return <ProjectHistory key={project} project={project} />;
}

function ProjectHistory({ project }: { project: string }) {
  const history = useHistory(project);
  const { query, count, view, set } = history;
  return (
    <Page
      title="History"
      subtitle="What was done, where it branched, and what each branch did to the metric. The same work twice is one state."
    >
      <Toolbar project={project} history={history} />
      {query.error && (
        <ErrorState
          what="The history could not be read"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.isPending && <Loading what="Reading the history" />}
      {query.data && count === 0 && (
        <InProject>
          <EmptyState title={view.run === '' ? 'Nothing was done yet' : 'This run did nothing yet'}>
            {view.run === ''
              ? 'Fit a model in a job that ModelDB watches: each step becomes a state here.'
              : 'Choose another run, or all of them.'}
          </EmptyState>
        </InProject>
      )}
      {query.data && count > 0 && <HistoryView project={project} history={history} />}
      {count > 0 && count >= view.limit && (
        <p className="soft small">
          Only the newest {view.limit} states are shown
          {view.limit < 1000 ? (
            <>
              :{' '}
              <button type="button" className="text-button" onClick={() => set.limit(1000)}>
                show up to 1,000
              </button>
            </>
          ) : (
            '; choose a run, here or from Runs, to see older ones.'
          )}
        </p>
      )}
    </Page>
  );
}
