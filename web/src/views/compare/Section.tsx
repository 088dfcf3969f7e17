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
  /** Rows that neither differ nor are the same: only some models have them, and nobody set them. */
  aside?: number;
  rows: readonly ReactNode[];
  /** Instead of rows where nothing is known at all. */
  none: ReactNode;
}

export function Section(props: SectionProps) {
  const { title, detail, width, count, differing, aside = 0, rows, none } = props;
  const [isWhole, setWhole] = useState(false);
  const hidden = rows.length - SHOWN;
  const isCut = hidden > 1 && !isWhole;
  return (
    <tbody>
      <tr className="compare-section">
        <th scope="rowgroup" colSpan={width + 1}>
          <span className="compare-section-title">
            {title}
            {count > 0 && <span className="soft small">{tally(count, differing, aside)}</span>}
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

function tally(count: number, differing: number | undefined, aside: number): string {
  if (differing === undefined) return formatInteger(count);
  const rest = aside === 0 ? '' : `; ${formatInteger(aside)} only some have, and nobody set`;
  if (differing === 0 && aside === 0) {
    return count === 1 ? 'the same' : `all ${formatInteger(count)} the same`;
  }
  const verb = differing === 1 ? 'differs' : 'differ';
  return `${formatInteger(differing)} of ${formatInteger(count)} ${verb}${rest}`;
}
