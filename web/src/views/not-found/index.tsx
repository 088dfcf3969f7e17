import { Link } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { Page } from '../../components/Page';
import { to } from '../../lib/links';

export default function NotFound() {
  return (
    <Page title="Not found">
      <EmptyState title="There is nothing at this address">
        Start from the <Link to={to.projects()}>projects</Link>.
      </EmptyState>
    </Page>
  );
}
