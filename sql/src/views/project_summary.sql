-- A row for each project: how much there is in it, whose it is, and when something last happened.
-- runs: Its runs.
-- running: Those that are not over.
-- models: Models that were asked for: not those inside a pipeline or a search.
-- failed_models: Those of them that failed.
-- estimators: Classes of these.
-- users: Who ran it.
-- last_activity: When a run of it last started or ended.
select p.project, p.description, p.owner, p.tags, p.archived, coalesce(r.runs, 0) as runs,
       coalesce(r.running, 0) as running, coalesce(m.models, 0) as models,
       coalesce(m.failed_models, 0) as failed_models, m.estimators, r.users, p.created_at,
       p.updated_at as last_activity
from projects p
left join (
  select project, count(*) as runs,
         cast(sum(case when status = 'running' then 1 else 0 end) as bigint) as running,
         array_sort(array_agg(distinct "user") filter (where "user" is not null)) as users
  from runs
  group by project
) as r on r.project = p.project
left join (
  select project, count(*) as models,
         cast(sum(case when status = 'failed' then 1 else 0 end) as bigint) as failed_models,
         array_sort(array_agg(distinct estimator) filter (where estimator is not null)) as estimators
  from models
  where role = 'top'
  group by project
) as m on m.project = p.project
