-- Whatever failed: runs, fits, transforms and saves, with the error.
-- kind: run, fit, transform or save.
-- id: The run, the model, the transform or the artifact.
-- name: The run's name; the class of what failed.
-- occurred_at: When it began.
select 'run' as kind, run_id as id, name, error, started_at as occurred_at, run_id, project
from runs where status = 'failed'
union all
select 'fit', model_id, estimator, error, started_at, run_id, project
from models where status = 'failed'
union all
select 'transform', transform_id, transformer, error, started_at, run_id, project
from transforms where status = 'failed'
union all
select 'save', artifact_id, class, error, saved_at, run_id, project
from artifacts where status = 'failed'
