-- What searches tried: a row for each configuration, with its place.
-- larger_is_better: The metric's direction.
-- rank: Its place in the search by the metric's average, from 1.
select c.search_model_id, c.candidate_index, c.params, c.metric, c.mean, c.std, c.fold_values,
       c.is_best, d.larger_is_better,
       rank() over (
         partition by c.search_model_id
         order by case when isnan(c.mean) then null
                       when d.larger_is_better = false then -c.mean else c.mean end desc nulls last
       ) as rank,
       m.estimator, m.experiment, m.started_at, c.run_id, c.project
from candidates c
left join models m on m.model_id = c.search_model_id
left join (
  select model_id, name, bool_and(larger_is_better) as larger_is_better
  from metrics
  where source = 'search'
  group by model_id, name
) as d on d.model_id = c.search_model_id and d.name = c.metric
