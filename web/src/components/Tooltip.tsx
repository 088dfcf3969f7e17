import type { ReactElement, ReactNode } from 'react';
import { Tooltip as AriaTooltip, TooltipTrigger } from 'react-aria-components';
import './overlays.css';

interface TooltipProps {
  content: ReactNode;
  /** One focusable React Aria element, such as a Button. */
  children: ReactElement;
}

/** Never the only place of an information: touch screens show no tooltips. */
export function Tooltip({ content, children }: TooltipProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={100}>
      {children}
      <AriaTooltip className="tooltip" offset={6}>
        {content}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
