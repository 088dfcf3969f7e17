import { useId, useState } from 'react';
import { Link } from 'react-router';
import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { ErrorState } from '../../components/ErrorState';
import { Value } from '../../components/Value';
import { to } from '../../lib/links';
import { Headlines } from './Headlines';
import { NameList } from './NameList';
import { ProjectForm } from './ProjectForm';
import { counted, sourceName, tagsOf, type Headline, type Project } from './projectList';
import { shortClass } from '../../lib/names';
import { useProjectEdit } from './useProjectEdit';

interface ProjectCardProps {
  project: Project;
  headlines: readonly Headline[];
  areHeadlinesPending: boolean;
  onArchived: (project: Project) => void;
}

export function ProjectCard(props: ProjectCardProps) {
  const { project, headlines, areHeadlinesPending, onArchived } = props;
  const [isEditing, setEditing] = useState(false);
  const archive = useProjectEdit();
  const id = useId();
  const name = project.project;
  const label = name === '' ? '(no name)' : name;
  return (
    <article className="card project-card" aria-labelledby={id}>
      <header className="project-head">
        <h2 id={id}>
          <Link to={to.models(name)} title={name}>
            <bdi>{label.slice(0, 300)}</bdi>
          </Link>
        </h2>
        <Activity project={project} />
      </header>
      {isEditing ? (
        <ProjectForm project={project} onDone={() => setEditing(false)} />
      ) : (
        <About project={project} onEdit={() => setEditing(true)} label={label} />
      )}
      <Headlines
        {...{ headlines, project: name }}
        isPending={areHeadlinesPending}
        hasModels={project.models > 0}
      />
      <dl className="facts project-facts">
        <dt>Families</dt>
        <dd>
          <NameList names={project.families ?? []} show={shortClass} />
        </dd>
        <dt>Data</dt>
        <dd>
          <NameList names={project.sources ?? []} show={sourceName} />
        </dd>
        <dt>People</dt>
        <dd>
          <NameList names={project.users ?? []} />
        </dd>
      </dl>
      {archive.error && (
        <ErrorState
          what={`The project could not be ${project.archived ? 'restored' : 'archived'}`}
          error={archive.error}
        />
      )}
      <footer className="project-actions">
        <Link className="button" data-size="small" to={to.explore(name)}>
          Explore<span className="visually-hidden"> {label}</span>
        </Link>
        <Link className="button" data-size="small" to={to.models(name)}>
          Models<span className="visually-hidden"> of {label}</span>
        </Link>
        <Button
          size="small"
          variant="quiet"
          isDisabled={archive.isPending}
          onPress={() =>
            archive.mutate(
              { project: name, archived: !project.archived },
              { onSuccess: onArchived },
            )
          }
        >
          {project.archived ? 'Restore' : 'Archive'}
          <span className="visually-hidden"> {label}</span>
        </Button>
        <span className="soft small project-time">
          {project.last_activity != null && (
            <>
              active <Value of={project.last_activity} kind="time" />
            </>
          )}
        </span>
      </footer>
    </article>
  );
}

function Activity({ project }: { project: Project }) {
  return (
    <div className="row project-counts">
      <span>{counted(project.models, 'model')}</span>
      {project.failed_models > 0 && (
        <Badge tone="bad" icon="cross">
          {project.failed_models.toLocaleString('en-US')} failed
        </Badge>
      )}
      {project.running > 0 && (
        <Badge tone="info" icon="running">
          {counted(project.running, 'run')} running
        </Badge>
      )}
      {project.archived && <Badge icon="abandoned">archived</Badge>}
    </div>
  );
}

const SHOWN_GOAL = 1_000;

function About({
  project,
  onEdit,
  label,
}: {
  project: Project;
  onEdit: () => void;
  label: string;
}) {
  const tags = Object.entries(tagsOf(project));
  const goal = project.description ?? '';
  return (
    <div className="project-about">
      <p className={goal === '' ? 'soft project-goal' : 'project-goal'} title={goal.slice(0, 2000)}>
        {goal === '' ? 'No goal is written down.' : <bdi>{goal.slice(0, SHOWN_GOAL)}</bdi>}
      </p>
      <div className="row small">
        {project.owner != null && project.owner !== '' && (
          <span className="project-owner">
            <span className="soft">Owner </span>
            <bdi title={project.owner.slice(0, 2000)}>{project.owner.slice(0, 100)}</bdi>
          </span>
        )}
        {tags.slice(0, 12).map(([key, value]) => (
          <span key={key} className="project-tag" title={`${key}: ${value}`.slice(0, 2000)}>
            <bdi>{`${key}: ${value}`.slice(0, 100)}</bdi>
          </span>
        ))}
        <Button size="small" variant="quiet" onPress={onEdit}>
          Edit<span className="visually-hidden"> goal, owner and tags of {label}</span>
        </Button>
      </div>
    </div>
  );
}
