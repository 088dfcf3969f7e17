-- What came from what, a row for each step: datasets from datasets, models from the datasets that they learnt from, datasets from the models that made them.
-- from_kind: dataset or model.
-- from_id: What it came from.
-- to_kind: dataset or model.
-- to_id: What came of it.
select project, run_id, 'dataset' as from_kind, parent_dataset_id as from_id, 'dataset' as to_kind,
       child_dataset_id as to_id, operation, detail
from dataset_edges
union all
select project, run_id, 'dataset', dataset_id, 'model', model_id, 'fit', estimator
from models
where dataset_id is not null
union all
select project, run_id, 'model', model_id, 'dataset', output_dataset_id, 'transform', transformer
from transforms
where model_id is not null and output_dataset_id is not null
