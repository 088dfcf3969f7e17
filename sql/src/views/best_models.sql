-- The best model of each project by each metric, on each slice; several where they are equal.
-- metric: The metric's name.
-- value: The value that the metric has.
select project, metric, slice, model_id, estimator, value, larger_is_better, kind, role, dataset_id,
       run_id, recorded_at
from leaderboard
where rank = 1
