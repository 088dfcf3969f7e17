import { Button } from '../../components/Button';
import { ErrorState } from '../../components/ErrorState';
import type { Project } from './projectList';
import { useProjectEdit } from './useProjectEdit';

/** The card is gone from where it was: this says where to, and takes it back. */
export function ArchivedNotice({ project, onDone }: { project: Project; onDone: () => void }) {
  const edit = useProjectEdit();
  const { project: name, archived } = project;
  if (edit.error) return <ErrorState what={`${name} could not be changed`} error={edit.error} />;
  return (
    <div className="row notice" role="status">
      <span>
        <bdi>{name.slice(0, 200)}</bdi>{' '}
        {archived ? 'is archived: nothing of it is lost' : 'is back among the active projects'}.
      </span>
      <Button
        size="small"
        isDisabled={edit.isPending}
        // The button that had the focus is gone with its card.
        // eslint-disable-next-line jsx-a11y/no-autofocus -- as above
        autoFocus
        onPress={() => edit.mutate({ project: name, archived: !archived }, { onSuccess: onDone })}
      >
        Undo
      </Button>
      <Button size="small" variant="quiet" onPress={onDone}>
        Dismiss
      </Button>
    </div>
  );
}
