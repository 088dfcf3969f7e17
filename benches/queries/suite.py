"""Twenty queries over everything there is, in SQL that we and DuckDB understand alike.

What is no number is left out by `value - value = 0`: DuckDB (2.0.0) takes the bounds in a Parquet
file, which leave such values out, to say that there are none, and answers `isnan(value)` with false.
"""

SUITE = {
    "metrics by name": """
        select name, count(*) as n, avg(value) as mean, min(value) as lowest, max(value) as highest
        from metrics where value - value = 0 group by name""",
    "metrics by source and slice": """
        select source, slice, count(*) as n from metrics group by source, slice""",
    "metrics by project and name": """
        select project, name, count(*) as n, avg(value) as mean, max(value) as highest
        from metrics where value - value = 0 group by project, name""",
    "steps of every model": """
        select count(*) as models, avg(last) as mean, max(last) as longest from (
          select model_id, max(step) as last from metrics where step is not null
          group by model_id) as histories""",
    "models that have a metric": """
        select name, count(distinct model_id) as models from metrics group by name""",
    "parameters by name": """
        select name, count(*) as n, count(distinct value) as distinct_values
        from params where name not like 'p\\_%' escape '\\' group by name""",
    "parameters that somebody set": """
        select name, avg(value_double) as mean, count(*) as n
        from params where not is_default group by name""",
    "metrics by estimator": """
        select m.estimator, e.name, avg(e.value) as mean, count(*) as n
        from metrics e join models m on m.model_id = e.model_id
        where e.source = 'evaluator' and e.value - e.value = 0 group by m.estimator, e.name""",
    "a parameter and a metric": """
        select p.value_double as iterations, avg(e.value) as mean, count(*) as n
        from params p join metrics e on e.model_id = p.model_id
        where p.name = 'maxIter' and e.name = 'areaUnderROC' and e.value - e.value = 0
        group by p.value_double""",
    "two parameters and a metric": """
        select a.value_double as iterations, floor(log10(b.value_double)) as penalty,
          avg(e.value) as mean, count(*) as n
        from metrics e
        join params a on a.model_id = e.model_id and a.name = 'maxIter'
        join params b on b.model_id = e.model_id and b.name = 'regParam'
        where e.name = 'areaUnderROC' and e.value - e.value = 0
        group by a.value_double, floor(log10(b.value_double))""",
    "models by project": """
        select project, status, role, count(*) as n from models group by project, status, role""",
    "durations by estimator": """
        select estimator, count(*) as n, avg(duration_ms) as mean, stddev(duration_ms) as deviation
        from models group by estimator""",
    "fits by month": """
        select date_trunc('month', started_at) as month, count(*) as n, sum(duration_ms) as total
        from models group by date_trunc('month', started_at)""",
    "best of each project": """
        select project, name, model_id, value from (
          select project, name, model_id, value,
            row_number() over (partition by project, name order by value desc, model_id) as place
          from metrics where source = 'evaluator' and slice is null and larger_is_better
            and value - value = 0 and project not like '%many-names') as ranked
        where place = 1""",
    "distribution of a metric": """
        select floor(value * 20) as bucket, count(*) as n from metrics
        where name = 'areaUnderROC' and value - value = 0 group by floor(value * 20)""",
    "models by framework": """
        select r.framework_version, r.user, count(*) as models, count(distinct m.project) as projects
        from models m join runs r on r.run_id = m.run_id group by r.framework_version, r.user""",
    "slices": """
        select slice, name, avg(value) as mean, count(*) as n from metrics
        where slice is not null and value - value = 0 group by slice, name""",
    "metrics that are no number": """
        select name, sum(case when value - value = 0 then 0 else 1 end) as bad, count(*) as n
        from metrics where source = 'evaluator' group by name""",
    "searches": """
        select metric, is_best, count(*) as n, avg(mean) as mean from candidates
        group by metric, is_best""",
    "actions by kind and month": """
        select kind, date_trunc('month', occurred_at) as month, count(*) as n,
          count(distinct run_id) as runs
        from actions group by kind, date_trunc('month', occurred_at)""",
}
