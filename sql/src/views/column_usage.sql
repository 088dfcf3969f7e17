-- Which models learnt from which source column: a row for each pair.
-- column_name: The source column.
select column_name, model_id, estimator, kind, role, status, dataset_id, run_id, project, started_at
from (
  select unnest(source_columns) as column_name, model_id, estimator, kind, role, status, dataset_id,
         run_id, project, started_at
  from models
) as used
