import { useState } from 'react';
import { Form } from 'react-aria-components';
import { Link, useLocation } from 'react-router';
import { Button, IconButton } from '../../components/Button';
import { CopyButton } from '../../components/CopyButton';
import { Popover } from '../../components/Popover';
import { TextField } from '../../components/TextField';
import {
  readViews,
  searchOf,
  viewOf,
  withView,
  writeViews,
  type SavedView,
} from '../../lib/savedViews';

export function SavedViews({ project }: { project: string | undefined }) {
  return (
    <Popover
      label="Saved views"
      trigger={
        <Button size="small" icon="chevron-down">
          Saved views
        </Button>
      }
    >
      {(close) => <Views project={project} close={close} />}
    </Popover>
  );
}

function Views({ project, close }: { project: string | undefined; close: () => void }) {
  const { search } = useLocation();
  const [views, setViews] = useState(() => readViews(project, localStorage));
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();

  function keep(next: SavedView[]): boolean {
    const isKept = writeViews(project, next, localStorage);
    setProblem(isKept ? undefined : 'This browser does not keep it: copy the link instead');
    if (isKept) setViews(next);
    return isKept;
  }

  const here = viewOf(search);
  return (
    <div className="saved-views stack">
      {views.length === 0 ? (
        <p className="soft">No view is saved in this browser.</p>
      ) : (
        <ul>
          {views.map((view) => (
            <li key={view.name} className="saved-view">
              <Link
                to={{ search: searchOf(view, project) }}
                aria-current={view.search === here ? 'true' : undefined}
                onClick={close}
              >
                <bdi>{view.name}</bdi>
              </Link>
              <IconButton
                icon="cross"
                size="small"
                label={`Delete ${view.name}`}
                onPress={() => keep(views.filter((old) => old.name !== view.name))}
              />
            </li>
          ))}
        </ul>
      )}
      <Form
        className="save-view"
        onSubmit={(event) => {
          event.preventDefault();
          const named = name.trim();
          if (named === '') setProblem('Give it a name');
          else if (keep(withView(views, { name: named, search: here }))) setName('');
        }}
      >
        <TextField
          label="Save this view as"
          value={name}
          onChange={setName}
          maxLength={100}
          error={problem}
        />
        <Button type="submit">
          {views.some((view) => view.name === name.trim()) ? 'Replace' : 'Save'}
        </Button>
      </Form>
      <div className="row">
        <CopyButton text={window.location.href} label="Copy the link to this view" />
        <span className="soft small">Copy the link to this view</span>
      </div>
    </div>
  );
}
