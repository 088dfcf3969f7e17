import { formatInteger, formatNumber } from '../../../lib/format';
import type { Confusion } from './confusion';

/** Labels by predictions. Shades help the eye; the numbers say the same. */
export function ConfusionTable({ confusion }: { confusion: Confusion }) {
  const { classes, counts, scores } = confusion;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls by keyboard
    <div className="confusion-region" role="region" aria-label="Confusion matrix" tabIndex={0}>
      <table className="confusion">
        <caption>Rows are labels, columns are predictions</caption>
        <thead>
          <tr>
            <th scope="col">Label</th>
            {classes.map((name) => (
              <th key={name} scope="col">
                → {name}
              </th>
            ))}
            <th scope="col">Recall</th>
          </tr>
        </thead>
        <tbody>
          {classes.map((name, i) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {classes.map((to, j) => (
                <Cell
                  key={to}
                  count={counts[i]?.[j] ?? 0}
                  of={scores[i]?.rows ?? 0}
                  isRight={i === j}
                />
              ))}
              <td>{percent(scores[i]?.recall)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Precision</th>
            {scores.map(({ name, precision }) => (
              <td key={name}>{percent(precision)}</td>
            ))}
            <td title="Accuracy">{percent(confusion.accuracy)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

interface CellProps {
  count: number;
  of: number;
  isRight: boolean;
}

function Cell({ count, of, isRight }: CellProps) {
  const share = of > 0 ? count / of : 0;
  return (
    <td
      data-right={isRight ? '' : undefined}
      style={{ ['--share' as string]: `${(share * 40).toFixed(1)}%` }}
      title={`${percent(share)} of the label's rows`}
    >
      {formatInteger(count)}
    </td>
  );
}

export function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${formatNumber(share * 100, 3)} %`;
}
