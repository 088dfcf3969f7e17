-- The fits of the newest run: what was set, what was learnt from, how it went.
with newest as (select run_id from runs order by started_at desc limit 1),
settings as (
  select model_id, string_agg(name || '=' || value, ', ' order by name) as set_params
  from params
  where not is_default and name not like '%Col' and name not like '%Cols'
  group by model_id
)
select m.role, regexp_replace(m.estimator, '^.*[.]', '') as estimator, s.set_params,
       m.label_column as label, m.status, round(m.duration_ms) as ms
from models m
join newest using (run_id)
left join settings s using (model_id)
order by m.started_at;
