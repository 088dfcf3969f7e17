//! What people, or programs by hand, say about things: notes and free keys.

use serde::{Deserialize, Serialize};

use super::{Param, Value};

/// What something is said about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// `project`, `run`, `model`, `dataset`, ….
    pub kind: String,
    /// The id that the tables have; none where `number` says it, and for the run and the
    /// project in which it is said.
    pub id: Option<String>,
    /// The producer's own number of a model or a dataset.
    pub number: u64,
}

/// See [`super::Happening::Annotated`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotated {
    /// What it is about.
    pub target: Target,
    /// Who wrote it; the run's user where nobody is named.
    pub author: Option<String>,
    /// The note.
    pub text: String,
}

/// See [`super::Happening::AttributeSet`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttributeSet {
    /// What has the key.
    pub target: Target,
    /// The key; dots separate levels.
    pub key: String,
    /// Its value.
    pub value: Value,
}

/// See [`super::Happening::ParamsSet`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParamsSet {
    /// The fit.
    pub operation: u64,
    /// What became known.
    pub params: Vec<Param>,
}

/// See [`super::Happening::Measured`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The fit of the model; 0 for a value of the run.
    pub model: u64,
    /// What it was measured on; 0 where it is not known.
    pub dataset: u64,
    /// Its name.
    pub metric: String,
    /// Its value.
    pub value: f64,
    /// Of a course, the step.
    pub step: Option<i64>,
    /// Whether a larger value is better.
    pub larger_is_better: Option<bool>,
    /// Who gave it; `manual` where nobody is named.
    pub source: Option<String>,
    /// The filters that chose the rows, where no lineage tells them.
    pub slice: Option<String>,
}
