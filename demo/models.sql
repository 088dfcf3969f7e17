-- The models of the newest run: what was set, what was measured on everyone and on a part.
with newest as (select run_id from runs order by started_at desc limit 1),
set_params as (
  select model_id, string_agg(name || '=' || value, ' ' order by name) as text
  from params
  where not is_default and name not like '%Col' and name not like '%Cols'
  group by model_id
),
measured as (
  select model_id,
         string_agg(name || '=' || round(value, 4), ' ' order by recorded_at)
           filter (where slice is null) as everyone,
         string_agg(name || '=' || round(value, 4), ' ' order by recorded_at)
           filter (where slice is not null) as part,
         max(slice) as slice
  from metrics
  where source = 'evaluator'
  group by model_id
)
select regexp_replace(m.estimator, '^.*[.]', '') as model, p.text as parameters,
       e.everyone as metrics, e.part as metrics_on_a_part, e.slice as part, m.status
from models m
join newest using (run_id)
left join set_params p using (model_id)
left join measured e using (model_id)
order by m.started_at;
