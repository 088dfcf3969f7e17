import { useState } from 'react';
import { api, unwrap } from '../api/client';
import type { components } from '../api/schema';
import { capitalised, LISTED_MAX, upTo } from '../lib/limits';
import { keep, kept } from '../lib/storage';
import { Button } from './Button';
import { Card } from './Card';
import './Notes.css';
import { SaveForm } from './SaveForm';
import { TextArea } from './TextArea';
import { TextField } from './TextField';
import { Value } from './Value';

type Note = components['schemas']['Note'];
type TargetKind = components['schemas']['TargetKind'];

interface NotesProps {
  notes: readonly Note[];
  kind: TargetKind;
  id: string;
}

/** What people wrote about something, and a form to add to it. */
export function Notes({ notes, kind, id }: NotesProps) {
  const [isWriting, setWriting] = useState(false);
  return (
    <Card
      title="Notes"
      actions={
        !isWriting && (
          <Button size="small" icon="plus" onPress={() => setWriting(true)}>
            Write a note
          </Button>
        )
      }
    >
      <div className="stack">
        {isWriting && <NoteForm kind={kind} id={id} onClose={() => setWriting(false)} />}
        {notes.length === 0 && !isWriting && (
          <p className="soft">Nobody has written anything about this {kind} yet.</p>
        )}
        {notes.length >= LISTED_MAX && (
          <p className="soft small">
            {capitalised(upTo(notes.length, LISTED_MAX, 'note', 'newest'))}; there may be older
            ones.
          </p>
        )}
        {notes.length > 0 && (
          <ul
            className="notes"
            aria-label="Notes"
            // It scrolls, so it takes the focus.
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
          >
            {notes.map((note) => (
              <li key={note.annotation_id}>
                <div className="soft small">
                  <bdi>{note.author ?? 'Somebody'}</bdi>, <Value of={note.created_at} kind="time" />
                </div>
                <div className="note-text" dir="auto">
                  {note.text}
                </div>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}

const AUTHOR_KEY = 'modeldb.author';

function NoteForm({ kind, id, onClose }: { kind: TargetKind; id: string; onClose: () => void }) {
  const [text, setText] = useState('');
  const [author, setAuthor] = useState(rememberedAuthor);

  async function save() {
    const body = { target_kind: kind, target_id: id, text, author: author.trim() || null };
    await unwrap(api.POST('/api/v1/notes', { body }));
    keep(AUTHOR_KEY, author);
  }

  return (
    <SaveForm
      save={save}
      canSave={text.trim() !== ''}
      label="Save note"
      failure="The note was not saved"
      onClose={onClose}
    >
      {/* eslint-disable-next-line jsx-a11y/no-autofocus -- somebody asked to write */}
      <TextArea label="Note" value={text} onChange={setText} autoFocus />
      <TextField label="Your name" value={author} onChange={setAuthor} />
    </SaveForm>
  );
}

function rememberedAuthor(): string {
  const author = kept(AUTHOR_KEY);
  return typeof author === 'string' ? author : '';
}
