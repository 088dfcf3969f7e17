-- Models by each metric of their project, on each slice, the best first: whatever a metric's direction, rank 1 is the best. Values that a training reports of itself, and NaN, take no part.
-- metric: The metric's name.
-- rank: Its place among the models of the project, from 1; equal values share one.
-- value: The value that the metric has.
select e.project, e.name as metric, e.slice, e.model_id, m.estimator, e.value, e.larger_is_better,
       rank() over (
         partition by e.project, e.name, e.slice
         order by case when e.larger_is_better = false then -e.value else e.value end desc nulls last
       ) as rank,
       m.kind, m.role, e.dataset_id, e.run_id, e.recorded_at
from final_metrics e
join models m on m.model_id = e.model_id and m.project = e.project
where e.source <> 'training' and m.role in ('top', 'best') and not isnan(e.value)
