//! Questions that people and pages ask of a warehouse, of one model or of a few.

use crate::synthetic::{deep_name, wide_name};

/// What questions are about: one of the warehouse's models, with what it belongs to.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "they say it")]
pub struct Subject {
    pub model: String,
    pub run: String,
    pub project: String,
}

/// A question, of one or more queries.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "they say it")]
pub struct Question {
    pub name: &'static str,
    /// How long it may take at the median, in milliseconds, where a target says so.
    pub target: Option<f64>,
    /// Whether its answer is as large whatever the warehouse holds.
    pub is_selective: bool,
    pub queries: fn(&Subject) -> Vec<String>,
}

/// The best by a metric, whichever of its models tell more.
const TOP: &str = "select e.model_id, e.project, e.value from metrics e \
    where e.name = 'areaUnderROC' and e.slice is null and e.source = 'evaluator' \
    and not isnan(e.value) order by e.value desc limit 100";
/// The same, of models that were fitted in one way.
const TOP_FILTERED: &str = "select e.model_id, e.project, e.value, a.value_double as iterations, \
    b.value_double as penalty from metrics e \
    join params a on a.model_id = e.model_id and a.name = 'maxIter' and a.value_double >= 50 \
    join params b on b.model_id = e.model_id and b.name = 'regParam' and b.value_double < 0.01 \
    where e.name = 'areaUnderROC' and e.slice is null and e.source = 'evaluator' \
    and not isnan(e.value) order by e.value desc limit 100";
/// Tables with rows of one model, and their column for it.
const OF_MODEL: [(&str, &str); 9] = [
    ("models", "model_id"),
    ("params", "model_id"),
    ("metrics", "model_id"),
    ("features", "model_id"),
    ("stages", "pipeline_model_id"),
    ("candidates", "search_model_id"),
    ("transforms", "model_id"),
    ("artifacts", "model_id"),
    ("work", "operation_id"),
];

/// All of them.
pub const QUESTIONS: [Question; 10] = [
    Question {
        name: "top 100 by a metric",
        target: None,
        is_selective: false,
        queries: |_| vec![TOP.into()],
    },
    Question {
        name: "top 100, two parameters",
        target: Some(50.0),
        is_selective: false,
        queries: |_| vec![TOP_FILTERED.into()],
    },
    Question {
        name: "one model, its row",
        target: None,
        is_selective: true,
        queries: |of| {
            vec![format!(
                "select * from models where model_id = '{}'",
                of.model
            )]
        },
    },
    Question {
        name: "one model, everything",
        target: Some(20.0),
        is_selective: true,
        queries: |of| {
            let all = OF_MODEL.iter();
            let query =
                |(table, column)| format!("select * from {table} where {column} = '{}'", of.model);
            all.copied().map(query).collect()
        },
    },
    Question {
        name: "one run, its models",
        target: None,
        is_selective: true,
        queries: |of| {
            let columns = "model_id, kind, role, estimator, status, started_at";
            vec![format!(
                "select {columns} from models where run_id = '{}'",
                of.run
            )]
        },
    },
    Question {
        name: "one run, its metrics",
        target: None,
        is_selective: true,
        queries: |of| {
            vec![format!(
                "select model_id, name, value from metrics where run_id = '{}' and step is null",
                of.run
            )]
        },
    },
    Question {
        name: "best of a project",
        target: None,
        is_selective: false,
        queries: |of| {
            vec![format!(
                "select m.model_id, m.estimator, e.value from metrics e join models m using (model_id) \
                 where e.project = '{0}' and m.project = '{0}' and e.name = 'areaUnderROC' \
                 and e.slice is null and not isnan(e.value) order by e.value desc limit 10",
                of.project
            )]
        },
    },
    Question {
        name: "one of 10,000 names",
        target: None,
        is_selective: true,
        queries: |_| {
            vec![format!(
                "select p.model_id, p.value_double, e.value from params p \
                 join metrics e on e.model_id = p.model_id and e.name = 'm_00021' \
                 and e.project = '{0}' where p.name = 'p_00042' and p.project = '{0}'",
                wide_name()
            )]
        },
    },
    Question {
        name: "newest runs",
        target: None,
        is_selective: false,
        queries: |_| {
            vec![
                "select run_id, project, name, status from runs order by started_at desc limit 50"
                    .into(),
            ]
        },
    },
    Question {
        name: "edges of a deep run",
        target: None,
        is_selective: true,
        queries: |_| {
            vec![format!(
                "select parent_dataset_id, child_dataset_id, operation, detail from dataset_edges \
                 where project = '{}'",
                deep_name()
            )]
        },
    },
];

/// Models of all kinds of runs, the same each time: ids are random, and so is their order.
pub fn subjects(count: usize) -> String {
    format!(
        "select model_id, run_id, project from models where role = 'top' \
         and project not in ('{}', '{}') order by model_id limit {count}",
        deep_name(),
        wide_name()
    )
}

/// Both ends of the deep run: the last model of each branch.
pub fn ends() -> String {
    format!(
        "select m.model_id from models m join dataset_edges e \
         on e.child_dataset_id = m.dataset_id and e.project = m.project \
         where m.project = '{}' and e.detail like 'step 999 of branch %' order by e.detail",
        deep_name()
    )
}
