import { memo } from 'react';
import { formatDuration, formatNumber } from '../../lib/format';
import type { Span } from './scale';
import type { Node } from './tree';
import { finite } from './types';

/** Behind this share of the width there is no room for a text after a bar. */
const ROOM_UNTIL = 82;

/** An operation on the time axis: a bar as long as it took, or a mark for a moment. */
export const Bar = memo(function Bar({ node, span }: { node: Node; span: Span }) {
  const { operation, start, end, isOpen } = node;
  const length = span.to - span.from;
  const left = ((start - span.from) / length) * 100;
  const right = ((end - span.from) / length) * 100;
  const isMoment = end === start;
  const text = barText(node);
  if (right < 0 || left > 100) {
    return (
      <span className="timeline-beyond" data-side={right < 0 ? 'left' : 'right'} title={text}>
        {right < 0 ? '‹ before' : 'later ›'}
      </span>
    );
  }
  const from = Math.max(left, -1);
  const to = Math.min(right, 101);
  // Long bars leave no room on either side; the text then lies on the bar.
  const isInside = to >= ROOM_UNTIL && from < 100 - ROOM_UNTIL;
  return (
    <>
      <span
        className={isMoment ? 'timeline-moment' : 'timeline-bar'}
        data-kind={operation.kind}
        data-failed={operation.status === 'failed' ? '' : undefined}
        data-open={isOpen ? '' : undefined}
        style={isMoment ? { left: `${left}%` } : { left: `${from}%`, width: `${to - from}%` }}
      />
      <span
        className="timeline-bar-text"
        data-inside={isInside ? '' : undefined}
        style={textPlace(from, to, isInside)}
      >
        {text}
      </span>
    </>
  );
});

function textPlace(from: number, to: number, isInside: boolean) {
  if (isInside) return { left: `calc(${Math.max(0, from)}% + 8px)` };
  return to < ROOM_UNTIL ? { left: `${Math.max(0, to)}%` } : { right: `${100 - from}%` };
}

function barText({ operation, start, end, isOpen }: Node): string {
  const value = finite(operation.value);
  const failed = operation.status === 'failed' ? 'failed, ' : '';
  if (operation.kind === 'evaluate' && value !== undefined) return failed + formatNumber(value);
  if (isOpen) return `running, ${formatDuration(end - start)} so far`;
  if (end === start) return failed + (operation.kind === 'save' ? 'saved' : '');
  return failed + formatDuration(end - start);
}
