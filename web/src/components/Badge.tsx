import type { ReactNode } from 'react';
import './display.css';
import { Icon, type IconName } from './Icon';

export type Tone = 'neutral' | 'good' | 'bad' | 'warn' | 'info';

interface BadgeProps {
  tone?: Tone;
  icon?: IconName;
  children: ReactNode;
}

export function Badge({ tone = 'neutral', icon, children }: BadgeProps) {
  return (
    <span className="badge" data-tone={tone}>
      {icon && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}

const STATUSES: Record<string, { tone: Tone; icon: IconName; text: string }> = {
  running: { tone: 'info', icon: 'running', text: 'running' },
  finished: { tone: 'good', icon: 'check', text: 'finished' },
  failed: { tone: 'bad', icon: 'cross', text: 'failed' },
  abandoned: { tone: 'warn', icon: 'abandoned', text: 'abandoned' },
  'no metrics': { tone: 'neutral', icon: 'unmeasured', text: 'no metrics' },
};

/** A status as icon and text, never as colour alone. One that is not known is shown as it is. */
export function Status({ status }: { status: string }) {
  const { tone, icon, text } = STATUSES[status] ?? { tone: 'neutral', icon: 'info', text: status };
  return (
    <Badge tone={tone} icon={icon}>
      {text}
    </Badge>
  );
}
