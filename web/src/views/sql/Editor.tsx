// CodeMirror, a chunk of its own. The text is the editor's; whoever holds it hears of changes.

import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  type CompletionContext,
} from '@codemirror/autocomplete';
import { indentWithTab } from '@codemirror/commands';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import { syntaxHighlighting } from '@codemirror/language';
import { EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import type { Catalog } from './catalog';
import { complete } from './complete';
import { editorTheme, highlighting } from './editorTheme';
import { markMistake, mistakes } from './mistakes';
import { rangeOf, type Spot } from './place';

export interface EditorHandle {
  /** Puts `text` where the cursor is. */
  insert: (text: string) => void;
  /** Undo brings back what was there. */
  replace: (text: string) => void;
  focus: () => void;
}

interface EditorProps {
  handle: Ref<EditorHandle>;
  initial: string;
  catalog: Catalog;
  /** Where the text that was run has a mistake. */
  mistake: Spot | undefined;
  describedBy: string;
  onChange: (text: string) => void;
  onRun: () => void;
}

export default function Editor(props: EditorProps) {
  const { handle, mistake } = props;
  const container = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  // The editor lives longer than a render, and must not be made anew for a new callback.
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    if (!container.current) return;
    const editor = new EditorView({ state: stateOf(latest.current, () => latest.current) });
    container.current.append(editor.dom);
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const range = mistake && rangeOf(editor.state.doc.toString(), mistake);
    editor.dispatch({ effects: markMistake.of(range) });
  }, [mistake]);

  useImperativeHandle(handle, () => ({
    insert: (text) => {
      const editor = view.current;
      if (!editor) return;
      const { from } = editor.state.selection.main;
      const before = editor.state.sliceDoc(Math.max(0, from - 1), from);
      const space = /[\w"')*]/.test(before) ? ' ' : '';
      editor.dispatch(editor.state.replaceSelection(space + text), { scrollIntoView: true });
      editor.focus();
    },
    replace: (text) => {
      const editor = view.current;
      if (!editor || editor.state.doc.toString() === text) return;
      editor.dispatch({
        changes: { from: 0, to: editor.state.doc.length, insert: text },
        selection: { anchor: text.length },
        scrollIntoView: true,
      });
    },
    focus: () => view.current?.focus(),
  }));

  return <div className="sql-editor" ref={container} />;
}

function stateOf(props: EditorProps, latest: () => EditorProps): EditorState {
  const run = (editor: EditorView) => {
    closeCompletion(editor);
    latest().onRun();
    return true;
  };
  return EditorState.create({
    doc: props.initial,
    extensions: [
      Prec.highest(
        keymap.of([
          { key: 'Mod-Enter', run, preventDefault: true },
          { key: 'Tab', run: acceptCompletion },
        ]),
      ),
      basicSetup,
      // Escape, then Tab, leaves: CodeMirror's own rule wherever Tab is taken.
      keymap.of([indentWithTab]),
      sql({ dialect: PostgreSQL, upperCaseKeywords: false }),
      autocompletion({
        override: [(context) => proposals(context, latest().catalog)],
        icons: false,
      }),
      syntaxHighlighting(highlighting),
      editorTheme,
      mistakes,
      placeholder('select …'),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({
        'aria-label': 'SQL query',
        'aria-describedby': props.describedBy,
        autocapitalize: 'off',
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) latest().onChange(update.state.doc.toString());
      }),
    ],
  });
}

function proposals(context: CompletionContext, catalog: Catalog) {
  const text = context.state.doc.toString();
  const found = complete(text, context.pos, catalog, context.explicit);
  return found && { ...found, validFor: /^"?[\w$]*$/ };
}
