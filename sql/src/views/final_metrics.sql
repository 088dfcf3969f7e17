-- The last value of each metric of a model: of a history the last step, of what was measured again the newest, of a search's averages the best.
-- dataset_id: The scored dataset that was evaluated.
-- value: The value that the metric has.
select model_id, name, slice, value, larger_is_better, dataset_id, step, source, label_column,
       prediction_column, run_id, project, recorded_at
from (
  select *, row_number() over (
    partition by project, model_id, name, slice, source, dataset_id
    order by
      case when source <> 'search' then null
           when larger_is_better = false then -value else value end desc nulls last,
      recorded_at desc, step desc nulls last, metric_id desc) as newest
  from metrics
  where model_id is not null
) as measured
where newest = 1
