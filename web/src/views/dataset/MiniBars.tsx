import type { Spread } from './histogram';

const WIDTH = 132;
const HEIGHT = 22;
const GAP = 2;

/** A spread as small as a cell; the dialog of the column has it in words. */
export function MiniBars({ spread, label }: { spread: Spread; label: string }) {
  const { bars, isHistogram } = spread;
  if (bars.length === 0) return <span className="soft small">all different</span>;
  const most = bars.reduce((a, { count }) => Math.max(a, count), 1);
  const step = Math.min(26, WIDTH / bars.length);
  const gap = isHistogram ? 1 : GAP;
  return (
    <svg className="mini-bars" role="img" aria-label={label} width={WIDTH} height={HEIGHT}>
      {bars.map(({ label: name, count }, i) => {
        const height = count === 0 ? 0 : Math.max(1, (count / most) * HEIGHT);
        return (
          <rect key={i} x={i * step} y={HEIGHT - height} width={step - gap} height={height}>
            <title>{`${name}: ${count}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
