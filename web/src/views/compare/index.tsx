import { useOwnProject, useProject } from '../../app/project';
import { Checkbox } from '../../components/Checkbox';
import { EmptyState } from '../../components/EmptyState';
import { ErrorState } from '../../components/ErrorState';
import { Id } from '../../components/Id';
import { Loading } from '../../components/Loading';
import { Page } from '../../components/Page';
import { TagList } from '../../components/TagList';
import { formatInteger } from '../../lib/format';
import { to } from '../../lib/links';
import { useUrlState } from '../../lib/url';
import { AddModel } from './AddModel';
import './compare.css';
import { CompareTable } from './CompareTable';
import { Curves } from './Curves';
import { idsOf, MODELS_MAX } from './modelIds';
import { summary } from './summary';
import { modelName, useCompared } from './useCompared';

export default function Compare() {
  const project = useProject();
  const [text, setText] = useUrlState<string>('models', '', { history: 'push' });
  const [onlyDifferences, setOnly] = useUrlState<boolean>('differences', false);
  const { ids, left } = idsOf(text);
  const setIds = (next: readonly string[]) => setText(next.join(','));
  const { compared, families, weights, error, isPending, isStale, retry } = useCompared(ids);
  // Of models of several projects there is no one navigation.
  const projects = new Set(compared?.models.map((model) => model.project));
  useOwnProject(projects.size === 1 ? [...projects][0] : undefined);
  const names = ids.map((id) => modelName(id, families.get(id)));
  // While models are added or taken away, what is shown is about the ones before.
  const shown = compared?.models.map((model) => model.model_id) ?? [];
  const shownNames = shown.map((id) => modelName(id, families.get(id)));

  return (
    <Page
      title="Compare models"
      heading="Compare"
      subtitle={names.length > 0 && <bdi>{names.join(' · ')}</bdi>}
      actions={
        ids.length >= 2 &&
        ids.length < MODELS_MAX && (
          <AddModel {...{ project, ids }} onAdd={(id) => setIds([...ids, id])} />
        )
      }
    >
      {ids.length < 2 && (
        <EmptyState
          title={ids.length === 0 ? 'Choose models to compare' : 'Choose one more model'}
          actions={<AddModel {...{ project, ids }} onAdd={(id) => setIds([...ids, id])} />}
        >
          {ids.length === 1 && <p>{names[0]} is the first. </p>}
          Two to {MODELS_MAX} models stand side by side here. They can be ticked in the table of
          models, too.
        </EmptyState>
      )}
      {error && (
        <ErrorState what="The models could not be compared" error={error} onRetry={retry}>
          <TagList
            label="Models"
            items={ids.map((id) => ({ id, label: id }))}
            onRemove={(id) => setIds(ids.filter((other) => other !== id))}
          />
        </ErrorState>
      )}
      {left.length > 0 && (
        <p role="status">
          {MODELS_MAX} models at most are compared. Left out:{' '}
          <LeftOut ids={left} project={project} />
        </p>
      )}
      {isPending && <Loading what="Comparing" />}
      {compared && ids.length >= 2 && !error && (
        <div className="stack" aria-busy={isStale}>
          <div className="compare-summary" role="status">
            {summary({
              ...compared,
              names: shownNames,
              families: shown.map((id) => families.get(id)),
            }).map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </div>
          <Checkbox isSelected={onlyDifferences} onChange={setOnly}>
            Only differences
          </Checkbox>
          <CompareTable
            {...{ compared, families, weights, onlyDifferences, project }}
            ids={shown}
            onChange={setIds}
          />
          <Curves points={compared.history} ids={shown} families={families} />
        </div>
      )}
    </Page>
  );
}

const NAMED = 10;

function LeftOut({ ids, project }: { ids: readonly string[]; project: string | undefined }) {
  return (
    <>
      {ids.slice(0, NAMED).map((id, i) => (
        <span key={id}>
          {i > 0 && ', '}
          <Id of={id} href={to.model(id, project)} />
        </span>
      ))}
      {ids.length > NAMED && ` and ${formatInteger(ids.length - NAMED)} more`}.
    </>
  );
}
