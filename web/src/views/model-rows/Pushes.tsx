import { useState } from 'react';
import { Badge } from '../../components/Badge';
import { formatInteger, formatNumber } from '../../lib/format';
import { weightiest, type Slot } from './slots';

const SHOWN = 6;

interface PushesProps {
  slots: readonly Slot[];
  /** What a push above zero leads to, and one below. */
  directions: readonly [string, string] | undefined;
  /** The sign that leads away from the label; undefined where the prediction is right. */
  wrongSign: 1 | -1 | undefined;
}

/** What the model read, the slots that moved its prediction most first. */
export function Pushes({ slots, directions, wrongSign }: PushesProps) {
  const [isOpen, setOpen] = useState(false);
  const order = weightiest(slots);
  const hasPush = slots.some(({ push }) => push !== undefined);
  const hasWeight = slots.some(({ weight }) => weight !== undefined);
  const shown = isOpen ? order : order.slice(0, SHOWN);
  const largest = order.reduce((most, { push }) => Math.max(most, Math.abs(push ?? 0)), 0);
  return (
    <div className="stack pushes">
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls by keyboard */}
      <div className="pushes-region" role="region" aria-label="Slots by weight" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Slot</th>
              <th scope="col" className="number">
                Value
              </th>
              <th scope="col">Among sampled rows</th>
              {hasWeight && (
                <th scope="col" className="number">
                  {hasPush ? 'Coefficient' : 'Importance'}
                </th>
              )}
              {hasPush && <th scope="col">Moved the prediction</th>}
            </tr>
          </thead>
          <tbody>
            {shown.map((slot) => (
              <tr key={slot.index}>
                <th scope="row" title={`slot ${slot.index}`}>
                  <bdi>{slot.name}</bdi>
                </th>
                <td className="number">{formatNumber(slot.value)}</td>
                <td>
                  {slot.standing?.isUnusual ? (
                    <Badge tone="warn" icon="warning">
                      {slot.standing.text}
                    </Badge>
                  ) : (
                    <span className="soft">{slot.standing?.text ?? '–'}</span>
                  )}
                </td>
                {hasWeight && (
                  <td className="number">
                    {slot.weight === undefined ? '–' : formatNumber(slot.weight)}
                  </td>
                )}
                {hasPush && (
                  <td>
                    <Push {...{ push: slot.push ?? 0, largest, directions, wrongSign }} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {order.length > SHOWN && (
        <button type="button" className="slots-button small" onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Show fewer slots' : `Show all ${formatInteger(order.length)} slots`}
        </button>
      )}
      {hasPush && (
        <p className="soft small">
          The coefficient times how far the value lies from the mean of the sampled rows.
        </p>
      )}
    </div>
  );
}

interface PushProps {
  push: number;
  largest: number;
  directions: readonly [string, string] | undefined;
  wrongSign: 1 | -1 | undefined;
}

function Push({ push, largest, directions, wrongSign }: PushProps) {
  const isWrong = wrongSign !== undefined && Math.sign(push) === wrongSign;
  const size = largest > 0 ? (Math.abs(push) / largest) * 50 : 0;
  return (
    <span className="push">
      <span className="push-bar" aria-hidden="true">
        <span
          data-wrong={isWrong ? '' : undefined}
          style={{ insetInlineStart: `${push < 0 ? 50 - size : 50}%`, width: `${size}%` }}
        />
      </span>
      <span>
        {push > 0 ? '+' : ''}
        {formatNumber(push, 3)}
      </span>
      {directions && push !== 0 && (
        <span className="soft small">
          {push > 0 ? directions[0] : directions[1]}
          {isWrong && ' (wrong)'}
        </span>
      )}
    </span>
  );
}
