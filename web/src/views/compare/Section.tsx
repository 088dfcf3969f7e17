import { useState, type ReactNode } from 'react';
import { Button } from '../../components/Button';
import { formatInteger } from '../../lib/format';

/** Of long sections the head is enough until somebody asks for more. */
const SHOWN = 15;

interface SectionProps {
  title: string;
  detail?: string | undefined;
  /** Columns of models. */
  width: number;
  /** Rows with the hidden ones. */
  count: number;
  differing?: number;
  rows: readonly ReactNode[];
  /** Instead of rows where nothing is known at all. */
  none: ReactNode;
}

export function Section({ title, detail, width, count, differing, rows, none }: SectionProps) {
  const [isWhole, setWhole] = useState(false);
  const hidden = rows.length - SHOWN;
  const isCut = hidden > 1 && !isWhole;
  return (
    <tbody>
      <tr className="compare-section">
        <th scope="rowgroup" colSpan={width + 1}>
          <span className="compare-section-title">
            {title}
            {count > 0 && <span className="soft small">{tally(count, differing)}</span>}
            {detail !== undefined && <span className="soft small">{detail}</span>}
          </span>
        </th>
      </tr>
      {count === 0 && (
        <tr>
          <td colSpan={width + 1}>
            <span className="soft compare-none">{none}</span>
          </td>
        </tr>
      )}
      {isCut ? rows.slice(0, SHOWN) : rows}
      {hidden > 1 && (
        <tr>
          <td colSpan={width + 1}>
            <span className="compare-none">
              <Button size="small" variant="quiet" onPress={() => setWhole(!isWhole)}>
                {isWhole ? 'Show fewer' : `Show ${formatInteger(hidden)} more`}
                <span className="visually-hidden"> of {title}</span>
              </Button>
            </span>
          </td>
        </tr>
      )}
    </tbody>
  );
}

function tally(count: number, differing: number | undefined): string {
  if (differing === undefined) return formatInteger(count);
  if (differing === 0) return count === 1 ? 'the same' : `all ${formatInteger(count)} the same`;
  return `${formatInteger(differing)} of ${formatInteger(count)} differ${differing === 1 ? 's' : ''}`;
}
