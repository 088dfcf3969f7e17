import { useRouteError } from 'react-router';
import { ErrorState } from '../components/ErrorState';
import { Page } from '../components/Page';

/** A view that threw or whose code did not load, which also happens when the agent was upgraded. */
export function RouteError() {
  const error = useRouteError();
  return (
    <Page title="This page failed">
      <ErrorState
        what="The view could not be shown"
        error={error}
        retryLabel="Reload"
        onRetry={() => window.location.reload()}
      />
    </Page>
  );
}
