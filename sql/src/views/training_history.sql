-- What trainings report of themselves, step by step.
-- change: The difference to the step before.
select model_id, name, step, value,
       value - lag(value) over (partition by project, model_id, name, dataset_id order by step) as change,
       larger_is_better, dataset_id, run_id, project, recorded_at
from metrics
where step is not null
