import { useParams, Link } from 'react-router';
import { useOwnProject, useProject } from '../../app/project';
import { Status } from '../../components/Badge';
import { ClassName } from '../../components/ClassName';
import { Id } from '../../components/Id';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { ReadError } from '../../components/ReadError';
import { to } from '../../lib/links';
import { shortClass, shortId } from '../../lib/names';
import { CompareWith } from './CompareWith';
import { Failure } from './Failure';
import { familyOf } from './family';
import './model.css';
import { ModelFacts } from './ModelFacts';
import { SectionNav } from './SectionNav';
import { sectionsOf } from './sections';
import { useModelAndSearch, type ModelDetail } from './useModel';

/** Everything that is known of one model. */
export default function ModelView() {
  const { id = '' } = useParams();
  const project = useProject();
  const { model, search } = useModelAndSearch(id);
  useOwnProject(model.data?.model.project);
  if (model.data) return <Shown key={id} detail={model.data} search={search} />;
  return (
    <Page title={`Model ${shortId(id)}`}>
      {model.error ? (
        <ReadError
          thing="model"
          id={id}
          error={model.error}
          onRetry={() => void model.refetch()}
          actions={
            <Link to={project === undefined ? to.projects() : to.models(project)}>Models</Link>
          }
        />
      ) : (
        <Loading what="Reading the model" />
      )}
    </Page>
  );
}

function Shown({ detail, search }: { detail: ModelDetail; search: ModelDetail | undefined }) {
  const { model } = detail;
  const family = familyOf(detail, search);
  const sections = sectionsOf(detail, search);
  const name = shortClass(family ?? model.estimator ?? 'model');
  return (
    <Page
      title={`${name} ${shortId(model.model_id)}`}
      heading={
        <span className="row">
          <ClassName of={family ?? model.estimator} />
          <Status status={model.status ?? 'unknown'} />
        </span>
      }
      subtitle={
        <span className="row">
          <Id of={model.model_id} canCopy what="model id" />
          <Kind detail={detail} />
        </span>
      }
      actions={
        <>
          <CompareWith modelId={model.model_id} project={model.project} />
          <Link className="button" to={to.pipelines(model.project, [model.model_id])}>
            Pipeline
          </Link>
          <Link className="button" to={to.modelRows(model.model_id, model.project)}>
            Rows
          </Link>
          <a className="button" href="#notes">
            Notes
          </a>
        </>
      }
    >
      {model.status === 'running' && (
        <p className="soft" role="status">
          This fit is going on. What it reports appears here without a reload.
        </p>
      )}
      {model.status === 'abandoned' && (
        <p className="soft">
          The job ended before it said how this fit went: what is here may not be all.
        </p>
      )}
      {model.error && <Failure error={model.error} />}
      <ModelFacts detail={detail} />
      <div className="model-page">
        <SectionNav sections={sections} />
        <div className="model-sections">{sections.map(({ content }) => content)}</div>
      </div>
    </Page>
  );
}

function Kind({ detail: { model } }: { detail: ModelDetail }) {
  const kind = model.kind === 'search' ? 'a search' : model.kind === 'pipeline' ? 'a pipeline' : '';
  const problem = model.problem_type ?? '';
  const text = [kind, problem].filter((part) => part !== '').join(', ');
  return <span>{text}</span>;
}
