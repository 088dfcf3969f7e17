import { useMutation } from '@tanstack/react-query';
import { useRouteError } from 'react-router';
import { api, ApiError, SILENT, unwrap } from '../api/client';
import { ErrorState } from '../components/ErrorState';
import { Page } from '../components/Page';
import { isChunkError } from './chunkError';

/** A view that threw, or whose code did not load. */
export function RouteError() {
  const error = useRouteError();
  if (isChunkError(error)) return <NotLoaded />;
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

/**
 * Its code is the agent's as all else. A reload while nobody answers would end at the browser's
 * own error page; once the agent is back, or was upgraded, a reload loads the view.
 */
function NotLoaded() {
  const again = useMutation({
    mutationFn: () => unwrap(api.GET('/api/v1/status')),
    onSuccess: () => window.location.reload(),
  });
  return (
    <Page title="This view could not be loaded">
      <ErrorState
        what={again.isError ? 'There is still no answer' : 'The view could not be loaded'}
        error={again.error ?? new ApiError(0, SILENT)}
        retryLabel={again.isPending ? 'Trying…' : 'Try again'}
        onRetry={() => again.mutate()}
      />
    </Page>
  );
}
