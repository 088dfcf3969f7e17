import type { ReactNode } from 'react';
import { Card } from '../../components/Card';

interface SectionProps {
  id: string;
  title: ReactNode;
  actions?: ReactNode;
  isFlush?: boolean;
  children: ReactNode;
}

/** A card that the section navigation leads to. */
export function Section({ id, children, ...card }: SectionProps) {
  return (
    <div id={id} className="model-section">
      <Card {...card}>{children}</Card>
    </div>
  );
}
