-- A row for each model with its parameters and the last values of its metrics (those measured on no slice) as maps.
-- metrics: The last value of each metric that was measured on no slice.
select m.model_id, m.project, m.run_id, m.experiment, m.kind, m.role, m.estimator, m.model_class,
       m.problem_type, m.status, m.error, m.params, e.metrics, m.feature_columns, m.source_columns,
       m.label_column, m.prediction_column, m.dataset_id, m.parent_model_id, m.started_at,
       m.ended_at, m.duration_ms
from models m
left join (
  select model_id, map(array_agg(name order by name), array_agg(value order by name)) as metrics
  from (
    select model_id, name, value, row_number() over (
      partition by model_id, name
      order by case when source = 'training' then 1 else 0 end, recorded_at desc,
               step desc nulls last, metric_id desc) as newest
    from metrics
    where model_id is not null and slice is null and source <> 'search'
  ) as measured
  where newest = 1
  group by model_id
) as e on e.model_id = m.model_id
