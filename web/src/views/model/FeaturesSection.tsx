import { useMemo } from 'react';
import { Link } from 'react-router';
import { Id } from '../../components/Id';
import { SearchField } from '../../components/SearchField';
import type { Column } from '../../components/table/columns';
import { DataTable } from '../../components/table/DataTable';
import { Truncated } from '../../components/Truncated';
import { Value } from '../../components/Value';
import { formatInteger, formatNumber } from '../../lib/format';
import { to } from '../../lib/links';
import { useUrlState } from '../../lib/url';
import { featureList, matching, type Feature, type FeatureList, type FeatureRow } from './features';
import { Section } from './Section';

interface FeaturesSectionProps {
  features: readonly Feature[];
  /** The model that has them, where it is another: a stage, the best of a search. */
  of: string | undefined;
  modelId: string;
  project: string;
}

const rowId = (row: FeatureRow) => row.id;

/** What the model learnt from, and how much weight it gives each. */
export function FeaturesSection({ features, of, modelId, project }: FeaturesSectionProps) {
  const [text, setText] = useUrlState('feature', '');
  const list = useMemo(() => featureList(features), [features]);
  const rows = useMemo(() => matching(list.rows, text), [list, text]);
  const columns = useMemo(() => toColumns(list, project), [list, project]);
  return (
    <Section
      id="features"
      title={list.kind === 'coefficient' ? 'Features and coefficients' : 'Features'}
      isFlush
      actions={
        <SearchField
          label="Search features"
          hideLabel
          placeholder="Search features"
          value={text}
          onChange={setText}
        />
      }
    >
      <p className="section-note soft small">
        {list.told < list.slots
          ? `Showing the ${formatInteger(list.told)} weightiest of ${formatInteger(list.slots)}. `
          : `${formatInteger(list.slots)} in all. `}
        {list.kind === undefined && 'This model gives them no weights. '}
        {of !== undefined && of !== modelId && (
          <>
            Of <Id of={of} href={to.model(of, project)} />, which is inside this model.
          </>
        )}
      </p>
      <DataTable
        label="List of features"
        columns={columns}
        rows={rows}
        rowId={rowId}
        maxHeight="480px"
        empty={<p className="section-note soft">No feature has “{text}” in its name.</p>}
      />
    </Section>
  );
}

function toColumns(list: FeatureList, project: string): Column<FeatureRow>[] {
  const columns: (Column<FeatureRow> | false)[] = [
    { id: 'name', header: 'Feature', width: 200, value: ({ name }) => name },
    list.hasClasses && {
      id: 'class',
      header: 'Class',
      width: 70,
      align: 'end',
      value: ({ feature }) => feature.class_index,
    },
    list.kind !== undefined && {
      id: 'bar',
      header: list.kind === 'importance' ? 'Importance' : 'Coefficient',
      width: 180,
      description: 'Sorts by size, whatever the sign',
      value: ({ weight }) => (weight === undefined ? undefined : Math.abs(weight)),
      cell: (row) => <WeightBar share={row.share} isSigned={list.kind === 'coefficient'} />,
    },
    list.kind !== undefined && {
      id: 'weight',
      header: 'Value',
      width: 100,
      align: 'end',
      value: ({ weight }) => weight,
    },
    list.hasErrors && {
      id: 'error',
      header: 'Standard error',
      width: 120,
      align: 'end',
      value: ({ error }) => error,
    },
    list.hasErrors && {
      id: 'interval',
      header: '95 % interval',
      description: 'The coefficient ± 1.96 standard errors',
      width: 170,
      align: 'end',
      isSortable: false,
      value: interval,
      cell: (row) => <Value of={interval(row)} />,
    },
    {
      id: 'sources',
      header: 'Source columns',
      width: 220,
      value: ({ feature }) => feature.source_columns?.join(', '),
      cell: ({ feature }) => <Sources names={feature.source_columns ?? []} project={project} />,
    },
    {
      id: 'position',
      header: 'Slot',
      width: 70,
      align: 'end',
      value: ({ feature }) => (feature.position < 0 ? undefined : feature.position),
    },
  ];
  return columns.filter((column) => column !== false);
}

function interval({ weight, error }: FeatureRow): string | undefined {
  if (weight === undefined || error === undefined) return undefined;
  return `${formatNumber(weight - 1.96 * error, 3)} to ${formatNumber(weight + 1.96 * error, 3)}`;
}

/** From the left for importances, from the middle for coefficients. */
function WeightBar({ share, isSigned }: { share: number; isSigned: boolean }) {
  const size = Math.abs(share) * (isSigned ? 50 : 100);
  const start = !isSigned ? 0 : share < 0 ? 50 - size : 50;
  return (
    <span className="feature-bar" data-signed={isSigned ? '' : undefined} aria-hidden="true">
      <span
        data-negative={share < 0 ? '' : undefined}
        style={{ insetInlineStart: `${start}%`, width: `${size}%` }}
      />
    </span>
  );
}

const MAX_SOURCES = 3;

function Sources({ names, project }: { names: readonly string[]; project: string }) {
  if (names.length === 0) return <span className="soft">–</span>;
  return (
    <span className="sources" title={names.join(', ').slice(0, 500)}>
      {names.slice(0, MAX_SOURCES).map((name) => (
        <Link key={name} to={to.columns(project, name)}>
          <Truncated>{name}</Truncated>
        </Link>
      ))}
      {names.length > MAX_SOURCES && (
        <span className="soft">and {formatInteger(names.length - MAX_SOURCES)} more</span>
      )}
    </span>
  );
}
