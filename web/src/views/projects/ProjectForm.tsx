import { useState } from 'react';
import { Button } from '../../components/Button';
import { SaveForm } from '../../components/SaveForm';
import { TagList } from '../../components/TagList';
import { TextArea } from '../../components/TextArea';
import { TextField } from '../../components/TextField';
import { tagsOf, type Project } from './projectList';
import { editOf, type Draft } from './projectDraft';
import { useProjectEdit } from './useProjectEdit';

/** Goal, owner and tags in the card's own place. What was typed stays until it is saved. */
export function ProjectForm({ project, onDone }: { project: Project; onDone: () => void }) {
  // As it was when the form opened: against what came since, somebody else's change would look
  // like a change made here, and be undone by saving.
  const [opened] = useState(project);
  const [draft, setDraft] = useState<Draft>({
    description: project.description ?? '',
    owner: project.owner ?? '',
    tags: tagsOf(project),
    key: '',
    value: '',
  });
  const edit = useProjectEdit();
  const set = (change: Partial<Draft>) => setDraft((old) => ({ ...old, ...change }));

  async function save() {
    const changes = editOf(opened, draft);
    if (changes) await edit.mutateAsync(changes);
  }

  return (
    <SaveForm
      className="project-form"
      save={save}
      label="Save"
      failure="The project could not be changed"
      onClose={onDone}
    >
      <TextArea
        label="Goal"
        value={draft.description}
        onChange={(description) => set({ description })}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- somebody pressed Edit
        autoFocus
      />
      <TextField label="Owner" value={draft.owner} onChange={(owner) => set({ owner })} />
      <TagList
        label="Tags"
        items={Object.entries(draft.tags).map(([key, value]) => ({
          id: key,
          label: `${key}: ${value}`,
        }))}
        onRemove={(key) => {
          const tags = Object.entries(draft.tags).filter(([name]) => name !== key);
          set({ tags: Object.fromEntries(tags) });
        }}
      />
      <div className="tag-fields">
        <TextField
          label="New tag"
          placeholder="name"
          value={draft.key}
          onChange={(key) => set({ key })}
        />
        <TextField
          label="Its value"
          placeholder="value"
          value={draft.value}
          onChange={(value) => set({ value })}
        />
        <Button
          isDisabled={draft.key.trim() === '' || draft.value.trim() === ''}
          onPress={() =>
            set({
              tags: { ...draft.tags, [draft.key.trim()]: draft.value.trim() },
              key: '',
              value: '',
            })
          }
        >
          Add
        </Button>
      </div>
    </SaveForm>
  );
}
