import type { components } from '../../api/schema';
import { Truncated } from '../../components/Truncated';
import { formatInteger } from '../../lib/format';
import { paramText } from '../../lib/stages';
import { Section } from './Section';

type Param = components['schemas']['Param'];

/** The model's own parameters, what was set first. */
export function ParamsSection({ params }: { params: readonly Param[] }) {
  const changed = params.filter(({ is_default }) => is_default === false);
  const rest = params.filter(({ is_default }) => is_default !== false);
  return (
    <Section id="params" title="Parameters">
      {changed.length > 0 ? (
        <Params params={changed} isStrong />
      ) : (
        <p className="soft">All are at their defaults.</p>
      )}
      {rest.length > 0 && (
        <details className="defaults">
          <summary>
            {formatInteger(rest.length)} at {rest.length === 1 ? 'its default' : 'their defaults'}
          </summary>
          <Params params={rest} />
        </details>
      )}
    </Section>
  );
}

function Params({ params, isStrong = false }: { params: readonly Param[]; isStrong?: boolean }) {
  return (
    <dl className="params">
      {params.map(({ name, value }) => (
        <div key={name}>
          <dt>
            <Truncated>{name}</Truncated>
          </dt>
          <dd data-strong={isStrong ? '' : undefined}>
            <Truncated>{paramText(value ?? null)}</Truncated>
          </dd>
        </div>
      ))}
    </dl>
  );
}
