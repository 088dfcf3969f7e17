import { memo } from 'react';
import { Icon } from '../../components/Icon';
import { cut } from '../../components/Truncated';
import { Bar } from './Bar';
import { sinceStart, type Span } from './scale';
import { kindText, operationName, type Node } from './tree';

interface TimelineRowProps {
  node: Node;
  id: string;
  index: number;
  top: number;
  span: Span;
  zero: number;
  isSelected: boolean;
  isExpanded: boolean | undefined;
  onSelect: (id: string) => void;
  onToggle: (id: string) => void;
}

const NAME_MAX = 120;
const TITLE_MAX = 2_000;
const INDENT = 14;
/** Deeper levels are told by `aria-level` only: there would be no room for a name. */
const MAX_INDENT = 8;

function Row(props: TimelineRowProps) {
  const { node, id, index, top, span, zero, isSelected, isExpanded, onSelect, onToggle } = props;
  const { operation } = node;
  const name = operationName(operation);
  const isFailed = operation.status === 'failed';
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the tree has the keys
    <div
      role="row"
      id={id}
      tabIndex={-1}
      className="timeline-row"
      aria-rowindex={index + 1}
      aria-level={node.depth + 1}
      aria-expanded={isExpanded}
      aria-selected={isSelected}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(operation.id)}
    >
      <div
        role="gridcell"
        className="timeline-name"
        style={{ paddingInlineStart: 8 + Math.min(node.depth, MAX_INDENT) * INDENT }}
        title={`${cut(operation.class ?? name, TITLE_MAX)}\n${operation.id}`}
      >
        {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- arrow keys do it */}
        <span
          className="timeline-toggle"
          data-leaf={isExpanded === undefined ? '' : undefined}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(operation.id);
          }}
        >
          {isExpanded !== undefined && (
            <Icon name={isExpanded ? 'chevron-down' : 'chevron-right'} size={14} />
          )}
        </span>
        <bdi className="timeline-label">{cut(name, NAME_MAX)}</bdi>
        {isFailed && (
          <span className="timeline-failed">
            <Icon name="cross" size={12} />
            <span className="visually-hidden">failed</span>
          </span>
        )}
        <span className="timeline-kind" data-kind={operation.kind}>
          {kindText(operation.kind)}
        </span>
      </div>
      <div role="gridcell" className="timeline-track">
        <span className="visually-hidden">at {sinceStart(Math.round(node.start - zero))}: </span>
        <Bar node={node} span={span} />
      </div>
    </div>
  );
}

/** Scrolling renders the timeline at every frame, but only the rows that are new. */
export const TimelineRow = memo(Row);
