-- What models learnt, the weightiest feature first: by importance, or by the size of the coefficient.
-- weight: Its importance; the coefficient's absolute value where there is none.
-- rank: Its place in the model (for several classes in the class), from 1; the intercept has none.
select model_id, position, name, source_columns, importance, coefficient, std_error, class_index,
       coalesce(importance, abs(coefficient)) as weight,
       case when position >= 0 then rank() over (
         partition by model_id, class_index, case when position >= 0 then 1 else 0 end
         order by coalesce(importance, abs(coefficient)) desc nulls last) end as rank,
       run_id, project
from features
