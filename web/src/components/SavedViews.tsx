import { useState } from 'react';
import { Form } from 'react-aria-components';
import { Link, useLocation } from 'react-router';
import {
  readViews,
  searchOf,
  viewOf,
  withView,
  writeViews,
  type SavedKind,
  type SavedView,
} from '../lib/savedViews';
import { Button, IconButton } from './Button';
import { CopyButton } from './CopyButton';
import { Popover } from './Popover';
import './SavedViews.css';
import { TextField } from './TextField';

interface SavedViewsProps {
  kind: SavedKind;
  project: string | undefined;
}

/** What is on the screen, kept by name in this browser, or its address to give away. */
export function SavedViews({ kind, project }: SavedViewsProps) {
  return (
    <Popover
      label={`Saved ${kind}s`}
      trigger={
        <Button size="small" icon="chevron-down">
          Save or share
        </Button>
      }
    >
      {(close) => <Views kind={kind} project={project} close={close} />}
    </Popover>
  );
}

function Views({ kind, project, close }: SavedViewsProps & { close: () => void }) {
  const { search } = useLocation();
  const [views, setViews] = useState(() => readViews(kind, project));
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();

  function keep(next: SavedView[]): boolean {
    const isKept = writeViews(kind, project, next);
    setProblem(isKept ? undefined : 'This browser does not keep it: copy the link instead');
    if (isKept) setViews(next);
    return isKept;
  }

  const here = viewOf(search);
  return (
    <div className="saved-views stack">
      {views.length === 0 ? (
        <p className="soft">
          No {kind} of {project === undefined ? 'all projects' : 'this project'} is saved in this
          browser.
        </p>
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
          label={`Save this ${kind} as`}
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
        <CopyButton text={window.location.href} label={`Copy the link to this ${kind}`} />
        <span className="soft small">Copy the link to this {kind}</span>
      </div>
    </div>
  );
}
