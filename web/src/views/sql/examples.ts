// Queries to begin with: the questions that ModelDB exists for (docs/cookbook.md).

export interface Example {
  title: string;
  query: string;
}

export const STARTER = `select project, metric, value, model_id
from leaderboard
where rank = 1 and slice is null
order by project, metric`;

export const EXAMPLES: Example[] = [
  { title: 'Which models are the best?', query: STARTER },
  {
    title: 'Which models used a column?',
    query: `select model_id, estimator, role, run_id
from column_usage
where column_name = 'distance' and role in ('top', 'best')
order by model_id`,
  },
  {
    title: 'Which model is best on some customers?',
    query: `select slice, metric, value, model_id
from leaderboard
where slice is not null and rank = 1
order by slice, metric`,
  },
  {
    title: 'The same for any slice, from sampled predictions',
    query: `select model_id, value, rows
from slice_metrics('accuracy', 'carrier = ''AA''')
order by directed(value, larger_is_better) desc`,
  },
  {
    title: 'How do two models differ?',
    query: `-- Put in the ids of two models
select aspect, name, a, b, difference
from compare_models('m-…', 'm-…')
where difference <> 'same'
order by aspect, name`,
  },
  {
    title: 'How does a parameter change a metric?',
    query: `select p.value_double as reg_param, avg(e.value) as auc, count(*) as models
from params p
join metrics e on e.model_id = p.model_id
where p.name = 'regParam' and e.name = 'areaUnderROC'
group by p.value_double
order by reg_param`,
  },
  {
    title: 'How was a model built?',
    query: `-- Put in the id of a model
select path, class, input_columns, output_columns, changed_params
from pipeline('m-…')`,
  },
  {
    title: 'What happened to a row?',
    query: `-- Put in the ids of a model and of a row that it scored
select stage_index, class, input_values, output_values
from trace('m-…', '…')
order by stage_index`,
  },
  {
    title: 'What changed between attempts?',
    query: `select run_id, sequence, kind, state_id, parent_state_id
from history
order by run_id, sequence`,
  },
  {
    title: 'How good were the models over time?',
    query: `select m.started_at, e.name as metric, e.value, m.model_id
from models m
join metrics e on e.model_id = m.model_id
where e.source = 'evaluator' and e.slice is null
order by m.started_at`,
  },
  {
    title: 'What failed?',
    query: `select kind, id, name, error
from failures
order by kind`,
  },
  {
    title: 'What did operations cost?',
    query: `select m.estimator, m.role, w.jobs, w.tasks, w.executor_ms, w.bytes_read, m.model_id
from work w
join models m on m.model_id = w.operation_id
order by w.executor_ms desc`,
  },
  {
    title: 'Where was a model saved?',
    query: `select model_id, uri, format, bytes, saved_at
from artifacts
order by saved_at desc`,
  },
  {
    title: 'Fits for each estimator',
    query: `select estimator, count(*) as fits, median(duration_ms) as median_ms
from models
group by estimator
order by fits desc`,
  },
];
