-- Of each free key of a thing the value that holds.
select target_kind, target_id, key, value, value_double, run_id, project, recorded_at
from (
  select *, row_number() over (
    partition by target_kind, target_id, key order by recorded_at desc) as newest
  from attributes
) as told
where newest = 1
