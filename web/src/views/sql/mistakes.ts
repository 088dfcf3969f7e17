// Underlines the place of a mistake until somebody types.

import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';

export const markMistake = StateEffect.define<{ from: number; to: number } | undefined>();

const underline = Decoration.mark({ class: 'cm-mistake' });

export const mistakes = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(markMistake)) continue;
      const range = effect.value;
      const isThere = range && range.from < range.to && range.to <= transaction.newDoc.length;
      return isThere ? Decoration.set(underline.range(range.from, range.to)) : Decoration.none;
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});
