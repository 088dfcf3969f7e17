//! Sampled rows. Those of datasets lie in files of their own (see
//! [`samples`](crate::samples)), before the event is durable; it has the file's place.

use serde::{Deserialize, Serialize};

use super::Column;

/// See [`Happening::Sampled`](super::Happening::Sampled).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sampled {
    /// The dataset.
    pub dataset: u64,
    /// `train`, `test` or `stage`.
    pub role: String,
    /// `lowest-hash`, `head`.
    pub method: String,
    /// The file with the rows, relative to the warehouse.
    pub uri: String,
    /// The rows in it.
    pub row_count: u64,
    /// Its columns, but for `row_id`, with the framework's types.
    pub columns: Vec<Column>,
    /// Columns that the agent's settings left out.
    pub denied_columns: Vec<String>,
}

/// See [`Happening::PredictionsSampled`](super::Happening::PredictionsSampled). The lists
/// have one entry for each row; one that does not apply is empty as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PredictionsSampled {
    /// The fit, or the load, of the model.
    pub model: u64,
    /// The dataset whose sample has the rows.
    pub dataset: u64,
    /// Their ids.
    pub row_ids: Vec<String>,
    /// The truth.
    pub labels: Vec<f64>,
    /// What the model said.
    pub predictions: Vec<f64>,
    /// The probability of each class.
    pub probabilities: Vec<Vec<f64>>,
}
