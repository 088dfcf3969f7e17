import { Value } from '../../components/Value';
import { RowName } from './RowName';
import type { WeightRow as Weights } from './weights';

export function WeightRow({ row }: { row: Weights }) {
  return (
    <tr>
      <th scope="row">
        <RowName name={row.name} />
      </th>
      {row.weights.map((weight, i) => (
        <td key={i}>
          {weight === undefined ? (
            <Value of={null} />
          ) : (
            <span className="weight">
              <span className="number">
                <Value of={weight} digits={3} />
              </span>
              {/* The number says it all; the bar is for the eye. */}
              <span className="weight-track" aria-hidden="true">
                <span
                  className="weight-bar"
                  data-negative={weight < 0 ? '' : undefined}
                  style={{ width: `${(row.shares[i] ?? 0) * 100}%` }}
                />
              </span>
            </span>
          )}
        </td>
      ))}
    </tr>
  );
}
