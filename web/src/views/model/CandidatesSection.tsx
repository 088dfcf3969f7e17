import { useMemo } from 'react';
import { Badge } from '../../components/Badge';
import { Chart } from '../../components/chart/Chart';
import type { ChartSpec } from '../../components/chart/types';
import { Id } from '../../components/Id';
import type { Column } from '../../components/table/columns';
import { DataTable } from '../../components/table/DataTable';
import { formatNumber } from '../../lib/format';
import { capitalised, LISTED_MAX, upTo } from '../../lib/limits';
import { to } from '../../lib/links';
import { toFinite } from '../../lib/numbers';
import { foldMarks, paramValue, triedParams, type Candidate } from './candidates';
import { Section } from './Section';

interface CandidatesSectionProps {
  candidates: readonly Candidate[];
  /** The search, where it is inside of the model. */
  of: string | undefined;
  project: string;
}

const rowId = (candidate: Candidate) => String(candidate.candidate_index);
/** More lines than this cannot be read. */
const DRAWN = 40;
const LINE_HEIGHT = 24;

/** What a search tried, and how each did on every fold. */
export function CandidatesSection({ candidates, of, project }: CandidatesSectionProps) {
  const names = useMemo(() => triedParams(candidates), [candidates]);
  const columns = useMemo(() => toColumns(names), [names]);
  const marks = useMemo(() => foldMarks(candidates.slice(0, DRAWN), names), [candidates, names]);
  const metric = candidates[0]?.metric ?? 'metric';
  const hasFolds = marks.some(({ kind }) => kind === 'fold');
  const drawn = Math.min(DRAWN, candidates.length);
  return (
    <Section id="candidates" title="Search" isFlush>
      <p className="section-note soft small">
        {capitalised(upTo(candidates.length, LISTED_MAX, 'configuration', 'best'))}, ranked by{' '}
        <bdi>{metric}</bdi>
        {candidates.length >= LISTED_MAX && '; there may be more'}.{' '}
        {of !== undefined && (
          <>
            Tried by <Id of={of} href={to.model(of, project)} />, which is inside this model.
          </>
        )}
      </p>
      <DataTable
        label="Candidates"
        columns={columns}
        rows={candidates}
        rowId={rowId}
        maxHeight="400px"
      />
      {hasFolds && (
        <div className="section-body">
          <Chart
            spec={specOf(metric)}
            data={marks}
            caption={
              drawn < candidates.length
                ? `The ${drawn} best: folds as circles, means as bars`
                : 'Folds as circles, means as bars'
            }
            description={`${metric} of ${drawn} candidates on each fold, the best first`}
            height={drawn * LINE_HEIGHT + 60}
          />
        </div>
      )}
    </Section>
  );
}

function specOf(metric: string): ChartSpec {
  const y = {
    field: 'candidate',
    type: 'nominal' as const,
    title: null,
    sort: { field: 'rank', op: 'min' as const },
    axis: { labelLimit: 220 },
  };
  const x = {
    field: 'value',
    type: 'quantitative' as const,
    title: metric,
    scale: { zero: false },
  };
  return {
    layer: [
      {
        transform: [{ filter: { field: 'kind', equal: 'fold' } }],
        mark: { type: 'point', size: 40 },
        encoding: { x, y },
      },
      {
        transform: [{ filter: { field: 'kind', equal: 'mean' } }],
        mark: { type: 'tick', thickness: 3, size: 16 },
        encoding: { x, y },
      },
    ],
  };
}

function toColumns(names: readonly string[]): Column<Candidate>[] {
  return [
    {
      id: 'rank',
      header: 'Rank',
      width: 110,
      value: ({ rank }) => rank,
      cell: ({ rank, is_best }) => (
        <>
          <span>{rank ?? '–'}</span>
          {is_best && (
            <Badge tone="good" icon="check">
              best
            </Badge>
          )}
        </>
      ),
    },
    ...names.map((name): Column<Candidate> => ({
      id: `param:${name}`,
      header: name,
      value: (candidate) => paramValue(candidate, name),
      align: 'end',
    })),
    {
      id: 'mean',
      header: 'Mean ± std',
      width: 160,
      align: 'end',
      value: ({ mean }) => toFinite(mean),
      cell: ({ mean, std }) => <span>{meanText(toFinite(mean), toFinite(std))}</span>,
    },
    {
      id: 'folds',
      header: 'Folds',
      width: 220,
      isSortable: false,
      value: ({ fold_values }) =>
        fold_values?.map((value) => formatNumber(toFinite(value) ?? NaN)).join(', '),
    },
  ];
}

function meanText(mean: number | undefined, std: number | undefined): string {
  if (mean === undefined) return '–';
  return std === undefined ? formatNumber(mean) : `${formatNumber(mean)} ± ${formatNumber(std, 2)}`;
}
