import { CopyButton } from '../../components/CopyButton';
import { Icon } from '../../components/Icon';

/** Why a fit failed: the first line, and the stack below it. */
export function Failure({ error }: { error: string }) {
  const at = error.indexOf('\n');
  const first = at < 0 ? error : error.slice(0, at);
  return (
    <section className="failure" aria-label="Why it failed">
      <div className="failure-head">
        <Icon name="warning" />
        <strong>
          <bdi>{first}</bdi>
        </strong>
        <CopyButton text={error} label="Copy the error" />
      </div>
      {at >= 0 && (
        <details open>
          <summary>Stack</summary>
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls by keyboard */}
          <pre tabIndex={0} role="region" aria-label="Stack">
            {error.slice(at + 1)}
          </pre>
        </details>
      )}
    </section>
  );
}
