import { useMemo } from 'react';
import { Button } from '../../components/Button';
import { EmptyState } from '../../components/EmptyState';
import { InProject } from '../../components/InProject';
import { useExplorer } from './context';
import { makeStarters } from './starters';

/** What stands in place of a chart while the shelves are empty. */
export function Starters() {
  const { fields, spec, change } = useExplorer();
  const starters = useMemo(() => makeStarters(fields.all), [fields]);
  return (
    <InProject>
      <EmptyState
        title="What do you want to know?"
        actions={
          <div className="starters">
            {starters.map(({ label, spec: start }) => (
              <Button
                key={label}
                icon="chart"
                onPress={() => change({ ...start, filters: spec.filters })}
              >
                <bdi className="starter-text">{label}</bdi>
              </Button>
            ))}
          </div>
        }
      >
        Drag fields to the shelves above, or begin with one of these:
      </EmptyState>
    </InProject>
  );
}
