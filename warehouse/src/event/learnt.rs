//! What fits learnt, and the work that operations took.

use serde::{Deserialize, Serialize};

/// See [`Happening::ModelLearnt`](super::Happening::ModelLearnt).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelLearnt {
    /// The fit.
    pub operation: u64,
    /// Slots of the features, and the intercepts.
    pub features: Vec<Feature>,
    /// How many slots there are, told or not.
    pub slot_count: u64,
    /// Nodes of trees.
    pub tree_nodes: Vec<TreeNode>,
    /// How many nodes there are, told or not.
    pub tree_node_count: u64,
    /// The fit's own report of its course.
    pub history: Vec<HistoryPoint>,
}

/// A slot of what a model learnt from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(
    missing_docs,
    reason = "each is the column of `features` of the same name"
)]
pub struct Feature {
    /// -1 for the intercept.
    pub position: i64,
    pub name: Option<String>,
    pub source_columns: Vec<String>,
    pub importance: Option<f64>,
    pub coefficient: Option<f64>,
    pub std_error: Option<f64>,
    pub class_index: Option<i64>,
}

/// A node of a tree.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(
    missing_docs,
    reason = "each is the column of `trees` of the same name"
)]
pub struct TreeNode {
    pub tree: u32,
    pub node: u32,
    pub parent: Option<i64>,
    pub side: Option<String>,
    pub feature: Option<i64>,
    pub feature_name: Option<String>,
    pub threshold: Option<f64>,
    pub categories: Vec<f64>,
    pub gain: Option<f64>,
    pub impurity: Option<f64>,
    pub prediction: f64,
    pub count: Option<f64>,
    pub tree_weight: f64,
}

/// A value that a fit reports of its course.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HistoryPoint {
    /// The metric's name.
    pub metric: String,
    /// From 0; none for a value of the whole fit.
    pub step: Option<i64>,
    /// Its value.
    pub value: f64,
    /// Whether larger is better.
    pub larger_is_better: Option<bool>,
}

/// See [`Happening::WorkDone`](super::Happening::WorkDone).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "each is the column of `work` of the same name")]
pub struct WorkDone {
    /// The operation that it was done for.
    pub operation: u64,
    pub jobs: u64,
    pub stages: u64,
    pub tasks: u64,
    pub failed_tasks: u64,
    pub executor_ms: u64,
    pub bytes_read: u64,
    pub bytes_written: u64,
    pub shuffle_bytes: u64,
}
