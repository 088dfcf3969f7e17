-- Coefficients that have a standard error, with the interval that holds the true one with 95 % confidence (normal approximation).
-- lower: The interval's lower end.
-- upper: The interval's upper end.
-- z_value: The coefficient in standard errors: beyond 1.96 it differs from 0.
select model_id, position, name, source_columns, class_index, coefficient, std_error,
       coefficient - 1.959963984540054 * std_error as lower,
       coefficient + 1.959963984540054 * std_error as upper,
       coefficient / nullif(std_error, 0) as z_value, run_id, project
from features
where std_error is not null
