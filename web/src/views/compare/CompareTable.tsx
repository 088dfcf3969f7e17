import { Link } from 'react-router';
import { ErrorState } from '../../components/ErrorState';
import { Loading } from '../../components/Loading';
import { to } from '../../lib/links';
import { FactRow, FlagRow } from './FactRow';
import { ModelHeader } from './ModelHeader';
import { withReference } from './modelIds';
import { RowName } from './RowName';
import { differs, type Row } from './rows';
import { Section } from './Section';
import { StageRow } from './StageRow';
import type { Compared } from './useCompared';
import { WeightRow } from './WeightRow';
import type { WeightRow as Weights } from './weights';

interface CompareTableProps {
  ids: readonly string[];
  compared: Compared;
  families: ReadonlyMap<string | undefined, string | undefined>;
  weights: {
    rows: readonly Weights[];
    kinds: readonly (string | undefined)[];
    isPending: boolean;
    error: Error | null;
  };
  onlyDifferences: boolean;
  project: string | undefined;
  onChange: (ids: readonly string[]) => void;
}

/** Models in columns; what is known of them in sections of rows. */
export function CompareTable(props: CompareTableProps) {
  const { ids, compared, families, weights, onlyDifferences, project, onChange } = props;
  const facts = (rows: readonly Row[]) => ({
    count: rows.length,
    differing: rows.filter(differs).length,
    aside: rows.filter((row) => row.isAside === true).length,
    rows: rows
      .filter((row) => !onlyDifferences || differs(row))
      .map((row) => <FactRow key={row.id} row={row} />),
  });
  const stages = compared.stages.filter((row) => !onlyDifferences || row.status !== 'same');
  const columns = compared.columns.filter((row) => !onlyDifferences || !row.isSame);
  const width = ids.length;
  const first = compared.models[0];
  const of = project ?? first?.project;

  return (
    // It scrolls, so it takes the focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="compare-region" role="region" aria-label="Models side by side" tabIndex={0}>
      <table className="compare" style={{ ['--models' as string]: width }}>
        <thead>
          <tr>
            <td />
            {compared.models.map((model, i) => (
              <ModelHeader
                key={model.model_id}
                model={model}
                family={families.get(model.model_id)}
                isReference={i === 0}
                onReference={() => onChange(withReference(ids, model.model_id))}
                onRemove={() => onChange(ids.filter((id) => id !== model.model_id))}
              />
            ))}
          </tr>
        </thead>
        <Section
          title="Metrics"
          width={width}
          {...facts(compared.metrics)}
          none="Neither was measured."
        />
        <Section
          title="Parameters"
          width={width}
          {...facts(compared.params)}
          none="None are known."
        />
        <Section
          title="Data"
          width={width}
          {...facts(compared.data)}
          none="Nothing is known of it."
        />
        <Section
          title="Source columns"
          width={width}
          count={compared.columns.length}
          differing={compared.columns.filter((row) => !row.isSame).length}
          rows={columns.map((row) => (
            <FlagRow
              key={row.id}
              row={row}
              name={
                of === undefined ? (
                  <RowName name={row.name} />
                ) : (
                  <Link to={to.columns(of, row.name)}>
                    <RowName name={row.name} />
                  </Link>
                )
              }
            />
          ))}
          none="None are known."
        />
        <Section
          title="Features"
          width={width}
          count={weights.rows.length}
          detail={weightsTitle(weights.kinds)}
          rows={weights.rows.map((row) => (
            <WeightRow key={row.name} row={row} />
          ))}
          none={
            weights.isPending ? (
              <Loading what="Reading features" />
            ) : weights.error ? (
              <ErrorState what="The features could not be read" error={weights.error} />
            ) : (
              'No weights are known.'
            )
          }
        />
        <Section
          title="Pipelines"
          width={width}
          count={compared.stages.length}
          differing={compared.stages.filter((row) => row.status !== 'same').length}
          rows={stages.map((row, i) => (
            <StageRow key={i} row={row} number={compared.stages.indexOf(row) + 1} />
          ))}
          none="None of them has stages."
        />
        <Section
          title="Model"
          width={width}
          {...facts(compared.about)}
          none="Nothing more is known."
        />
      </table>
    </div>
  );
}

/** Weights of different kinds have no common scale; each column has its own. */
function weightsTitle(kinds: readonly (string | undefined)[]): string | undefined {
  const known = [...new Set(kinds.filter((kind) => kind !== undefined))];
  if (known.length === 0) return undefined;
  return `${known.join(' and ')}; a bar's length is the share of its model's largest`;
}
