import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { get } from '../../api/query';
import { useProject } from '../../app/project';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { to } from '../../lib/links';
import { useUrlState } from '../../lib/url';
import { groupOptions } from '../../query/fieldOptions';
import { Fields } from '../../query/fieldRef';
import { ApplyContext, ExplorerContext, useStableApply } from './context';
import './explore.css';
import { indexFields, type Field } from './fields';
import { readSpec } from './readSpec';
import { SavedViews } from '../../components/SavedViews';
import { EMPTY, type Spec } from './spec';
import { Workbench } from './Workbench';

const NONE: Field[] = [];

export default function Explore() {
  const project = useProject();
  if (project === undefined) {
    return (
      <Page title="Explore">
        <EmptyState title="Explore what?" actions={<Link to={to.projects()}>Projects</Link>}>
          Choose a project first.
        </EmptyState>
      </Page>
    );
  }
  return <ProjectExplorer key={project} project={project} />;
}

function ProjectExplorer({ project }: { project: string }) {
  const [spec, change] = useUrlState<Spec>('chart', EMPTY, { check: readSpec, history: 'push' });
  const query = useQuery(get('/api/v1/fields', { params: { query: { project } } }));
  const { data = NONE } = query;
  const apply = useStableApply(spec, change);
  const known = useMemo(() => {
    const fields = new Fields(data);
    return { fields, index: indexFields(fields.all), options: groupOptions(fields.all) };
  }, [data]);
  const explorer = useMemo(
    () => ({ project, spec, change, ...known }),
    [project, spec, change, known],
  );
  return (
    <Page
      title="Explore"
      subtitle="How parameters move metrics, which family wins where."
      actions={<SavedViews kind="chart" project={project} />}
    >
      {query.error && (
        <ErrorState
          what="The fields of the project could not be read"
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.isPending && <Loading what="Reading the fields" />}
      {query.data && (
        <ExplorerContext value={explorer}>
          <ApplyContext value={apply}>
            <Workbench />
          </ApplyContext>
        </ExplorerContext>
      )}
    </Page>
  );
}
