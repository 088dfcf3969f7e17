import { Link } from 'react-router';
import { Button } from '../Button';
import { Code } from '../Code';
import { Dialog } from '../Dialog';
import { to } from '../../lib/links';

/** What was asked, as it can be typed into any SQL client of the agent. */
export function SqlDialog({ sql }: { sql: string | undefined }) {
  return (
    <Dialog
      title="The query as SQL"
      size="wide"
      trigger={
        <Button size="small" isDisabled={sql === undefined}>
          Show the SQL
        </Button>
      }
      actions={
        <Link className="button" data-variant="primary" to={to.sql(sql)}>
          Open in SQL
        </Link>
      }
    >
      <Code label="SQL">{sql ?? ''}</Code>
    </Dialog>
  );
}
