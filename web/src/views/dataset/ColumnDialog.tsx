import { Link } from 'react-router';
import { Dialog } from '../../components/Dialog';
import { Value } from '../../components/Value';
import { formatInteger, formatNumber } from '../../lib/format';
import { to } from '../../lib/links';
import type { ColumnRow } from './columnRows';

interface ColumnDialogProps {
  row: ColumnRow;
  project: string;
  onClose: () => void;
}

/** All that is known of a column. */
export function ColumnDialog({ row, project, onClose }: ColumnDialogProps) {
  const { name, type, profile, spread, models } = row;
  return (
    <Dialog title={name} isOpen onOpenChange={(isOpen) => !isOpen && onClose()}>
      <div className="stack">
        <dl className="facts">
          <dt>Type</dt>
          <dd>{type ?? 'not known'}</dd>
          <dt>Models that learnt from it</dt>
          <dd>
            {models === undefined ? (
              'none by this name'
            ) : (
              <Link to={to.columns(project, name)}>
                all {formatInteger(models)} in {project}
              </Link>
            )}
          </dd>
          {profile && (
            <>
              <dt>Missing</dt>
              <dd>
                {formatInteger(profile.missing)} of {formatInteger(profile.rows)} sampled rows
              </dd>
              <dt>Different values</dt>
              <dd>{formatInteger(profile.distinct)}</dd>
              <dt>Smallest, largest</dt>
              <dd className="column-ends">
                <Value of={profile.min} />
                <Value of={profile.max} />
              </dd>
              {profile.mean !== null && profile.mean !== undefined && (
                <>
                  <dt>Mean, median</dt>
                  <dd>
                    <Value of={profile.mean} />, <Value of={profile.median} />
                  </dd>
                </>
              )}
            </>
          )}
        </dl>
        {profile && spread && spread.bars.length > 0 && (
          <section className="stack" aria-labelledby="column-spread">
            <h3 id="column-spread">{spread.isHistogram ? 'Spread' : 'Commonest values'}</h3>
            <BarList bars={spread.bars} rows={profile.rows} />
          </section>
        )}
        {!profile && <p className="soft">No rows of this dataset were sampled.</p>}
      </div>
    </Dialog>
  );
}

function BarList({ bars, rows }: { bars: { label: string; count: number }[]; rows: number }) {
  const most = bars.reduce((a, { count }) => Math.max(a, count), 1);
  return (
    <ul className="bar-list">
      {bars.map(({ label, count }, i) => (
        <li key={i}>
          <bdi className="truncated" title={label}>
            {label === '' ? '(empty text)' : label}
          </bdi>
          <span className="bar-track">
            <span className="bar-fill" style={{ width: `${(count / most) * 100}%` }} />
          </span>
          <span className="number small">
            {formatInteger(count)}{' '}
            <span className="soft">{formatNumber((count / Math.max(1, rows)) * 100, 2)} %</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
