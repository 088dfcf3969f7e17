import { useMemo } from 'react';
import { Chart } from '../../components/chart/Chart';
import type { ChartSpec } from '../../components/chart/types';
import { Select } from '../../components/Select';
import { formatNumber } from '../../lib/format';
import { useUrlState } from '../../lib/url';
import { curvesOf, type Point } from './learningCurves';
import { Section } from './Section';

interface CurveSectionProps {
  history: readonly Point[];
  nameOf: (modelId: string) => string;
}

function specOf(hasModels: boolean): ChartSpec {
  return {
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'step', type: 'quantitative', title: 'Step', axis: { tickMinStep: 1 } },
      y: { field: 'value', type: 'quantitative', title: null, scale: { zero: false } },
      ...(hasModels && { color: { field: 'model', title: 'Model' } }),
    },
  };
}

/** What a fit reported at each of its steps. */
export function CurveSection({ history, nameOf }: CurveSectionProps) {
  const curves = useMemo(() => curvesOf(history, nameOf), [history, nameOf]);
  const [wanted, setWanted] = useUrlState('curve', '');
  const curve = curves.find(({ name }) => name === wanted) ?? curves[0];
  if (!curve) return null;
  const first = curve.points[0];
  const last = curve.points.at(-1);
  return (
    <Section
      id="curve"
      title="Learning curve"
      actions={
        curves.length > 1 && (
          <Select
            label="Value"
            hideLabel
            options={curves.map(({ name }) => ({ id: name, label: name }))}
            value={curve.name}
            onChange={(name) => setWanted(name ?? '')}
          />
        )
      }
    >
      <Chart
        spec={specOf(curve.series > 1)}
        data={curve.points}
        caption={curve.name}
        description={`${curve.name} over ${curve.points.length} steps, from ${formatNumber(first?.value ?? NaN)} to ${formatNumber(last?.value ?? NaN)}`}
      />
    </Section>
  );
}
