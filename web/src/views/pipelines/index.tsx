import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { ApiError } from '../../api/client';
import { get } from '../../api/query';
import { useProject } from '../../app/project';
import { Button } from '../../components/Button';
import { ClassName } from '../../components/ClassName';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Id } from '../../components/Id';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { to } from '../../lib/links';
import { useUrlParams, useUrlState } from '../../lib/url';
import { AlignedPipelines } from './AlignedPipelines';
import { ChoosePipelines, MAX_PIPELINES } from './ChoosePipelines';
import './pipelines.css';
import { SinglePipeline } from './SinglePipeline';
import { usePipelineModels, type PipelineModel } from './usePipelineModels';

/** One pipeline stage by stage, or several side by side. */
export default function Pipelines() {
  const project = useProject();
  const [models] = useUrlState('models', '');
  const [isChoosing] = useUrlState('choose', false);
  const change = useUrlParams();
  const ids = [...new Set(models.split(',').filter((id) => id !== ''))].slice(0, MAX_PIPELINES);

  if (project !== undefined && (ids.length === 0 || isChoosing)) {
    return (
      <Page
        title="Pipelines"
        actions={
          ids.length > 0 && (
            <Button onPress={() => change({ choose: null, q: null, sort: null })}>Back</Button>
          )
        }
      >
        <ChoosePipelines project={project} chosen={ids} />
      </Page>
    );
  }
  if (ids.length === 0) {
    return (
      <Page title="Pipelines">
        <EmptyState title="No project is chosen" actions={<Link to={to.projects()}>Projects</Link>}>
          Choose a project to see its pipelines.
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page
      title={ids.length === 1 ? 'Pipeline' : 'Pipelines'}
      actions={
        <>
          {project !== undefined && (
            <Button icon="plus" onPress={() => change({ choose: 'true', column: null }, 'push')}>
              {ids.length === 1 ? 'Compare with others' : 'Choose pipelines'}
            </Button>
          )}
          {ids.length > 1 && (
            <Link className="button" to={to.compare(ids, project)}>
              Compare all else
            </Link>
          )}
        </>
      }
    >
      <Shown ids={ids} project={project} />
    </Page>
  );
}

function Shown({ ids, project }: { ids: readonly string[]; project: string | undefined }) {
  const change = useUrlParams();
  const modelOf = usePipelineModels(ids);
  const query = { models: ids.join(',') };
  const pipelines = useQuery({
    ...get('/api/v1/pipelines', { params: { query } }),
    placeholderData: keepPreviousData,
  });
  const { error } = pipelines;
  if (error instanceof ApiError && error.message.startsWith('there is no model')) {
    return (
      <EmptyState title={ids.length === 1 ? 'There is no such model' : 'One of them is gone'}>
        The agent says “{error.message.split('\n')[0]}”. It may have been deleted: choose others.
      </EmptyState>
    );
  }
  if (pipelines.error && !pipelines.data) {
    return (
      <ErrorState
        what={
          ids.length === 1 ? 'The pipeline could not be read' : 'The pipelines could not be read'
        }
        error={pipelines.error}
        onRetry={() => void pipelines.refetch()}
      />
    );
  }
  if (!pipelines.data) return <Loading what="Reading stages" />;
  const [first] = pipelines.data;
  if (first && pipelines.data.length === 1) {
    return (
      <>
        <Heading model={modelOf(first.model_id)} project={project} />
        <SinglePipeline pipeline={first} project={project} />
      </>
    );
  }
  return (
    <AlignedPipelines
      pipelines={pipelines.data}
      project={project}
      modelOf={modelOf}
      onRemove={(id) =>
        change({ models: ids.filter((other) => other !== id).join(',') || null }, 'push')
      }
    />
  );
}

function Heading({ model, project }: { model: PipelineModel; project: string | undefined }) {
  return (
    <p className="row">
      Of the model
      <Link to={to.model(model.id, model.project ?? project)}>
        <ClassName of={model.family ?? 'model'} />
      </Link>
      <Id of={model.id} canCopy what="model id" />
      <Link to={to.modelRows(model.id, model.project ?? project)}>Rows through it</Link>
    </p>
  );
}
