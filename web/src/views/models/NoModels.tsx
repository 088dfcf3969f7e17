import { Link } from 'react-router';
import { Button } from '../../components/Button';
import { EmptyState } from '../../components/EmptyState';
import { InProject } from '../../components/InProject';
import { to } from '../../lib/links';
import type { ViewState } from './useViewState';

/** No rows: because nothing matches, or because nothing was trained. */
export function NoModels({ view }: { view: ViewState }) {
  const isPart = view.filters.length > 0 || view.search !== '';
  if (isPart) {
    return (
      <EmptyState
        title="No model matches"
        actions={
          <>
            {view.filters.length > 0 && (
              <Button onPress={() => view.setFilters([])}>Remove all filters</Button>
            )}
            {view.search !== '' && (
              <Button onPress={() => view.setSearch('')}>Clear the search</Button>
            )}
          </>
        }
      >
        Change or remove a filter.
      </EmptyState>
    );
  }
  return (
    <InProject>
      <EmptyState title="No models yet">
        They appear here as soon as a job that ModelDB watches fits one.{' '}
        <Link to={to.projects()}>How to watch a Spark job</Link>
      </EmptyState>
    </InProject>
  );
}
