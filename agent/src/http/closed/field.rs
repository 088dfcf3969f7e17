//! What can be asked of models, and how each is written in SQL.

use super::super::shape::Kind;

/// Tables that a field needs beside `models m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Beside {
    Nothing,
    Runs,
    Datasets,
    /// Columns that stages of a pipeline read, or of one inside it, or of a search's best.
    Stages,
    /// The class that a pipeline or a search ends in.
    Families,
    /// How many metrics a model has.
    Measured,
}

/// A field that every model has.
#[derive(Debug)]
pub(super) struct Own {
    pub id: &'static str,
    pub label: &'static str,
    pub group: &'static str,
    pub kind: Kind,
    pub sql: &'static str,
    pub beside: Beside,
}

const fn own(
    id: &'static str,
    label: &'static str,
    group: &'static str,
    kind: Kind,
    sql: &'static str,
    beside: Beside,
) -> Own {
    Own {
        id,
        label,
        group,
        kind,
        sql,
        beside,
    }
}

/// All of them, in the order in which they are listed.
pub(super) const OWN: &[Own] = {
    use Beside::{Datasets, Families, Measured, Nothing, Runs, Stages};
    use Kind::{Integer, Json, Number, Text, Time};
    &[
        own("model_id", "model", "model", Text, "m.model_id", Nothing),
        own(
            "family",
            "family",
            "model",
            Text,
            "coalesce(fs.class, fb.class, m.estimator)",
            Families,
        ),
        own(
            "estimator",
            "estimator",
            "model",
            Text,
            "m.estimator",
            Nothing,
        ),
        own(
            "model_class",
            "model class",
            "model",
            Text,
            "m.model_class",
            Nothing,
        ),
        own("kind", "kind", "model", Text, "m.kind", Nothing),
        own("role", "role", "model", Text, "m.role", Nothing),
        own(
            "problem_type",
            "problem",
            "model",
            Text,
            "m.problem_type",
            Nothing,
        ),
        own("status", "status", "model", Text, "m.status", Nothing),
        own("error", "error", "model", Text, "m.error", Nothing),
        own(
            "label_column",
            "label column",
            "model",
            Text,
            "m.label_column",
            Nothing,
        ),
        own(
            "source_columns",
            "source columns",
            "model",
            Json,
            "m.source_columns",
            Nothing,
        ),
        own(
            "feature_columns",
            "feature columns",
            "model",
            Json,
            "m.feature_columns",
            Nothing,
        ),
        own(
            "columns_read",
            "columns read",
            "data",
            Json,
            "case when coalesce(cardinality(m.source_columns), cardinality(m.feature_columns), \
             cardinality(st.columns)) is not null then array_distinct(array_concat(\
             coalesce(m.source_columns, []), coalesce(m.feature_columns, []), coalesce(st.columns, []))) end",
            Stages,
        ),
        own(
            "columns_used",
            "columns used",
            "model",
            Integer,
            "cardinality(m.source_columns)",
            Nothing,
        ),
        own(
            "metrics_measured",
            "metrics measured",
            "model",
            Integer,
            "coalesce(n.measured, 0)",
            Measured,
        ),
        own(
            "started_at",
            "started",
            "model",
            Time,
            "m.started_at",
            Nothing,
        ),
        own("ended_at", "ended", "model", Time, "m.ended_at", Nothing),
        own(
            "duration_ms",
            "duration (ms)",
            "model",
            Number,
            "m.duration_ms",
            Nothing,
        ),
        own(
            "candidate_index",
            "candidate",
            "model",
            Integer,
            "m.candidate_index",
            Nothing,
        ),
        own("fold", "fold", "model", Integer, "m.fold", Nothing),
        own(
            "parent_model_id",
            "fitted inside",
            "model",
            Text,
            "m.parent_model_id",
            Nothing,
        ),
        own("project", "project", "run", Text, "m.project", Nothing),
        own(
            "experiment",
            "experiment",
            "run",
            Text,
            "m.experiment",
            Nothing,
        ),
        own("run_id", "run id", "run", Text, "m.run_id", Nothing),
        own("run", "run", "run", Text, "r.name", Runs),
        own("user", "user", "run", Text, "r.\"user\"", Runs),
        own("framework", "framework", "run", Text, "r.framework", Runs),
        own(
            "framework_version",
            "framework version",
            "run",
            Text,
            "r.framework_version",
            Runs,
        ),
        own(
            "code_version",
            "code version",
            "run",
            Text,
            "r.code_version",
            Runs,
        ),
        own(
            "dataset_id",
            "dataset id",
            "data",
            Text,
            "m.dataset_id",
            Nothing,
        ),
        own("dataset", "dataset", "data", Text, "d.name", Datasets),
        own(
            "source",
            "source",
            "data",
            Text,
            "array_to_string(d.source_uris, ', ')",
            Datasets,
        ),
        own(
            "slice",
            "slice",
            "data",
            Text,
            "coalesce(e.slice, 'all rows')",
            Nothing,
        ),
        own(
            "metric_dataset",
            "measured on",
            "data",
            Text,
            "e.dataset_id",
            Nothing,
        ),
    ]
};

/// What `search` looks into.
pub(super) const SEARCHED: &str = "concat_ws(' ', m.model_id, coalesce(fs.class, fb.class), m.estimator, m.model_class, m.uid, \
     m.experiment, r.name)";

impl Own {
    pub(super) fn of(id: &str) -> Option<&'static Self> {
        OWN.iter().find(|own| own.id == id)
    }
}
