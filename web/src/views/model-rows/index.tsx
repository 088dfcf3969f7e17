import { Link, useParams } from 'react-router';
import { useOwnProject, useProject } from '../../app/project';
import { ClassName } from '../../components/ClassName';
import { Id } from '../../components/Id';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { ReadError } from '../../components/ReadError';
import { to } from '../../lib/links';
import { shortId } from '../../lib/names';
import { useUrlState } from '../../lib/url';
import { familyOf } from '../model/family';
import { useModelAndSearch, useScored } from '../model/useModel';
import './model-rows.css';
import { NoRows } from './NoRows';
import { Rows } from './Rows';

/** The sampled rows that a model scored, and one of them on its way through the stages. */
export default function ModelRows() {
  const { id = '' } = useParams();
  const project = useProject();
  const { model, search } = useModelAndSearch(id);
  const [dataset] = useUrlState('scored', '');
  const scored = useScored(id, search?.model.model_id, dataset);
  const detail = model.data;
  useOwnProject(detail?.model.project);
  const error = scored.error ?? model.error;
  const isEmpty = scored.data?.datasets.length === 0;
  return (
    <Page
      title={`Rows of ${shortId(id)}`}
      heading="Rows through the model"
      subtitle={
        <span className="row">
          <Link to={to.model(id, project)}>
            <ClassName of={detail ? familyOf(detail, search) : 'model'} />
          </Link>
          <Id of={id} canCopy what="model id" />
        </span>
      }
      actions={
        project !== undefined && (
          <Link className="button" to={to.pipelines(project, [id])}>
            Pipeline
          </Link>
        )
      }
    >
      {error && (!scored.data || !detail) ? (
        <ReadError
          thing="model"
          id={id}
          error={error}
          onRetry={() => {
            void scored.refetch();
            void model.refetch();
          }}
        />
      ) : !scored.data || !detail ? (
        <Loading what="Reading scored rows" />
      ) : isEmpty ? (
        <NoRows
          modelId={id}
          parentId={detail.model.parent_model_id ?? undefined}
          project={project}
        />
      ) : (
        <Rows detail={detail} search={search} answer={scored.data} project={project} />
      )}
    </Page>
  );
}
