-- Every measured value of the newest run, on everyone and on the rows that a filter left.
with newest as (select run_id from runs order by started_at desc limit 1)
select regexp_replace(m.estimator, '^.*[.]', '') as estimator, e.name as metric,
       round(e.value, 4) as value, coalesce(e.slice, 'everyone') as rows, e.label_column as label
from metrics e
join newest using (run_id)
left join models m using (model_id)
order by e.recorded_at;
