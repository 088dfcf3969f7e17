import { Card } from '../../components/Card';
import { Icon } from '../../components/Icon';
import { formatInteger } from '../../lib/format';
import { missedOf, modeText } from './capture';
import type { RunFacts } from './types';

const ATTACHED: Record<string, string> = {
  javaagent: 'by -javaagent, from the start of the JVM',
  self: 'by itself, when the listener started',
  listener: 'as a listener only',
};

/** How a run was watched, and what was not captured of it. */
export function Capture({ facts }: { facts: RunFacts | null | undefined }) {
  if (!facts) return null;
  const missed = missedOf(facts.not_captured);
  const mode = modeText(facts.capture_mode);
  return (
    <Card title="What was captured">
      <div className="stack">
        <p>{mode ?? <span className="soft">It was not said what could be seen.</span>}</p>
        {facts.capture_note && <p dir="auto">{facts.capture_note}</p>}
        {missed.length === 0 ? (
          <p className="row">
            <Icon name="check" /> Nothing was left out.
          </p>
        ) : (
          <>
            <h3>What was left out</h3>
            <table className="missed">
              <thead className="visually-hidden">
                <tr>
                  <th scope="col">What</th>
                  <th scope="col">How often</th>
                </tr>
              </thead>
              <tbody>
                {missed.map(({ reason, text, count }) => (
                  <tr key={reason}>
                    <td title={reason}>{text}</td>
                    <td className="number">{formatInteger(count)} ×</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
        <p className="soft small">
          {facts.attached_by && `Attached ${ATTACHED[facts.attached_by] ?? facts.attached_by}. `}
          {facts.client && `The program is ${CLIENTS[facts.client] ?? facts.client}.`}
        </p>
      </div>
    </Card>
  );
}

const CLIENTS: Record<string, string> = {
  python: 'in Python',
  jvm: 'on the JVM',
  connect: 'a client of Spark Connect',
};
