import { Link } from 'react-router';
import { Id } from '../../components/Id';
import { Card } from '../../components/Card';
import { Value } from '../../components/Value';
import { to } from '../../lib/links';
import { shortId } from '../../lib/names';
import type { Dataset, Detail } from './types';
import { bare } from './lineage';

/** What a dataset is, in a few lines. */
export function Facts({ detail }: { detail: Detail }) {
  const { dataset } = detail;
  const made = detail.steps.find(
    ({ to_id, to_kind }) => to_kind === 'dataset' && to_id === dataset.dataset_id,
  );
  return (
    <Card>
      <dl className="facts">
        <dt>Id</dt>
        <dd>
          <Id of={dataset.dataset_id} canCopy what="the id" />
        </dd>
        {made?.operation && (
          <>
            <dt>Made by</dt>
            <dd>
              {made.operation}
              {made.detail && (
                <>
                  : <code>{bare(made.detail)}</code>
                </>
              )}
            </dd>
          </>
        )}
        <dt>Sources</dt>
        <dd>
          <Uris of={dataset.source_uris} none="not known" />
        </dd>
        {(dataset.written_uris ?? []).length > 0 && (
          <>
            <dt>Written to</dt>
            <dd>
              <Uris of={dataset.written_uris} none="" />
            </dd>
          </>
        )}
        <dt>Rows</dt>
        <dd>
          {dataset.row_count === null || dataset.row_count === undefined ? (
            <span className="soft">not counted</span>
          ) : (
            <Value of={dataset.row_count} kind="integer" />
          )}
        </dd>
        <dt>Seen in</dt>
        <dd>
          run{' '}
          <Link to={to.run(dataset.run_id, dataset.project)} title={dataset.run_id}>
            {shortId(dataset.run_id)}
          </Link>
          , <Value of={dataset.created_at} kind="time" />
        </dd>
      </dl>
    </Card>
  );
}

const SHOWN = 8;

function Uris({ of: uris, none }: { of: Dataset['source_uris']; none: string }) {
  if (!uris || uris.length === 0) return <span className="soft">{none}</span>;
  const more = uris.length - SHOWN;
  return (
    <ul>
      {uris.slice(0, SHOWN).map((uri) => (
        <li key={uri}>
          <bdi>{uri}</bdi>
        </li>
      ))}
      {more > 0 && (
        <li className="soft" title={uris.slice(SHOWN).join('\n')}>
          and {more} more
        </li>
      )}
    </ul>
  );
}
