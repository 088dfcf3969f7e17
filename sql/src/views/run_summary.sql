-- A row for each run: what it did, how long it took, and the Spark work of it.
-- models: Its fits, those inside pipelines and searches too.
-- failed_models: Those that failed.
-- metrics: Values that were measured.
-- duration_ms: How long it took; null while it runs.
-- jobs: Spark jobs.
-- executor_ms: Time that tasks ran, together.
-- bytes_read: Bytes that tasks read.
select r.run_id, r.project, r.experiment, r.name, r.status, r.error, r."user", r.framework,
       r.framework_version, r.code_version, r.tags, coalesce(m.models, 0) as models,
       coalesce(m.failed_models, 0) as failed_models, coalesce(e.metrics, 0) as metrics,
       w.jobs, w.executor_ms, w.bytes_read, r.parent_run_id, r.started_at, r.ended_at,
       round((extract(epoch from r.ended_at) - extract(epoch from r.started_at)) * 1000) as duration_ms
from runs r
left join (
  select run_id, count(*) as models,
         sum(case when status = 'failed' then 1 else 0 end) as failed_models
  from models
  group by run_id
) as m on m.run_id = r.run_id
left join (select run_id, count(*) as metrics from metrics group by run_id) as e
  on e.run_id = r.run_id
left join (
  select run_id, sum(jobs) as jobs, sum(executor_ms) as executor_ms, sum(bytes_read) as bytes_read
  from work
  group by run_id
) as w on w.run_id = r.run_id
