import { useQuery } from '@tanstack/react-query';
import { get, post } from '../../api/query';
import { IconButton } from '../../components/Button';
import { Loading } from '../../components/Loading';
import { Popover } from '../../components/Popover';
import { Select } from '../../components/Select';
import { formatInteger } from '../../lib/format';
import { shortId } from '../../lib/names';
import { sliceLabel, type FieldRef, type Fields } from '../../query/fieldRef';
import { queryOf } from '../../query/modelQuery';

interface MetricPlaceProps {
  fields: Fields;
  project: string | undefined;
  /** A field's id. */
  metric: string;
  onAdd: (ref: FieldRef) => void;
}

/** Adds a column of a metric on part of the rows, or on one dataset. */
export function MetricPlace(props: MetricPlaceProps) {
  const label = `Add ${props.fields.label(props.metric)} on a slice or dataset`;
  return (
    <Popover label={label} trigger={<IconButton icon="plus" size="small" label={label} />}>
      {(close) => (
        <Places
          {...props}
          onAdd={(ref) => {
            props.onAdd(ref);
            close();
          }}
        />
      )}
    </Popover>
  );
}

function Places({ fields, project, metric, onAdd }: MetricPlaceProps) {
  const slices = fields.of(metric)?.slices ?? [];
  const datasets = useDatasets(project, metric);
  return (
    <div className="stack metric-places">
      <Select
        label="Add it on a slice"
        options={slices.map((slice) => ({ id: slice, label: sliceLabel(slice) }))}
        value={null}
        placeholder={slices.length === 0 ? 'It was measured on none' : 'Choose a slice'}
        isDisabled={slices.length === 0}
        onChange={(slice) => slice !== null && onAdd({ field: metric, slice })}
      />
      {datasets === undefined ? (
        <Loading what="Reading datasets" />
      ) : (
        <Select
          label="Add it on a dataset"
          options={datasets}
          value={null}
          placeholder={datasets.length === 0 ? 'It was measured on none' : 'Choose a dataset'}
          isDisabled={datasets.length === 0}
          onChange={(dataset) => dataset !== null && onAdd({ field: metric, dataset })}
        />
      )}
    </div>
  );
}

const DATASETS_MAX = 1000;

/** Datasets on which the metric was measured, those of most models first. */
function useDatasets(project: string | undefined, metric: string) {
  const question = { project, scope: 'all' as const, search: '', filters: [] };
  const measured = useQuery(
    post('/api/v1/models', {
      body: queryOf(question, {
        dimensions: [{ field: 'metric_dataset' }],
        measures: [{ aggregate: 'count', field: metric }],
        sort: [{ output: 1, descending: true }],
        limit: DATASETS_MAX,
      }),
    }),
  );
  const named = useQuery(
    get('/api/v1/datasets', {
      params: {
        query: { ...(project !== undefined && { project }), all: true, limit: DATASETS_MAX },
      },
    }),
  );
  if (!measured.data || named.isPending) return undefined;
  const byId = new Map(named.data?.map((dataset) => [dataset.dataset_id, dataset]));
  return measured.data.rows.flatMap(([id, models]) => {
    if (typeof id !== 'string' || Number(models) === 0) return [];
    const dataset = byId.get(id);
    const rows = dataset?.row_count == null ? [] : [`${formatInteger(dataset.row_count)} rows`];
    const count = `${formatInteger(Number(models))} ${models === 1 ? 'model' : 'models'}`;
    return [{ id, label: dataset?.name ?? shortId(id), description: [...rows, count].join(' · ') }];
  });
}
