//! What producers tell, as the warehouse sees it.
//!
//! These types are also what the journal holds (MessagePack with field names), so
//! a field may be added with `#[serde(default)]` and none may be renamed:
//! a journal written by an older version must be readable.
//!
//! Numbers named `operation`, `dataset`, `parent` and `model` are local to the
//! producer, counted from 1; 0 means none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod learnt;
mod said;
mod sampled;

pub use learnt::{Feature, HistoryPoint, ModelLearnt, TreeNode, WorkDone};
pub use said::{Annotated, AttributeSet, Measured, ParamsSet, Target};
pub use sampled::{PredictionsSampled, Sampled};

use crate::clock::Micros;
use crate::ids::{ProducerId, RunId, Seq};

/// Events of one producer that were delivered together and are durable together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Who sent it.
    pub producer: Producer,
    /// Its number.
    pub seq: Seq,
    /// When the agent took it.
    pub received_at: Micros,
    /// In the order in which things happened.
    pub events: Vec<Event>,
}

/// Who sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Producer {
    /// New for each process.
    pub id: ProducerId,
    /// `spark-bridge`, `python`, ….
    pub kind: String,
    /// Its own version.
    pub version: String,
}

/// One thing that happened in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The run.
    pub run: RunId,
    /// When.
    pub at: Micros,
    /// What.
    pub what: Happening,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Happening {
    /// A run began.
    RunStarted(Box<RunStarted>),
    /// A run ended; what is open in it is closed as abandoned.
    RunEnded(RunEnded),
    /// A dataset was met for the first time.
    DatasetSeen(DatasetSeen),
    /// `fit` was called.
    FitStarted(Box<FitStarted>),
    /// `fit` returned or threw.
    FitEnded(FitEnded),
    /// `transform` returned or threw.
    Transformed(Box<Transformed>),
    /// `evaluate` returned or threw.
    Evaluated(Box<Evaluated>),
    /// What a fit learnt; a large model comes in several.
    ModelLearnt(Box<ModelLearnt>),
    /// The Spark work of an operation that is over.
    WorkDone(WorkDone),
    /// A component was saved.
    Saved(Box<Saved>),
    /// A saved component was loaded.
    Loaded(Box<Loaded>),
    /// A dataset was written.
    Written(Written),
    /// Rows of a dataset.
    Sampled(Box<Sampled>),
    /// What a model said of sampled rows.
    PredictionsSampled(Box<PredictionsSampled>),
    /// A note about something.
    Annotated(Box<Annotated>),
    /// A free key of something, and its value.
    AttributeSet(Box<AttributeSet>),
    /// Parameters of a fit that were not known at its start.
    ParamsSet(ParamsSet),
    /// A value that was measured by hand.
    Measured(Box<Measured>),
    /// What the agent's settings kept out, by reason.
    Denied(BTreeMap<String, u64>),
    /// Totals of what was not captured.
    CaptureReported(BTreeMap<String, u64>),
    /// A kind that this version does not know, as it came.
    Unknown(Unknown),
}

impl Happening {
    /// The operation that it ends.
    pub(crate) fn operation(&self) -> Option<u64> {
        match self {
            Self::FitEnded(ended) => Some(ended.operation),
            Self::Transformed(transformed) => Some(transformed.operation),
            Self::Evaluated(evaluated) => Some(evaluated.operation),
            _ => None,
        }
    }
}

/// See [`Happening::RunStarted`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the column of `runs` of the same name")]
pub struct RunStarted {
    pub project: String,
    pub experiment: String,
    pub name: String,
    pub parent_run_id: Option<String>,
    pub user: Option<String>,
    pub host: Option<String>,
    pub application_id: Option<String>,
    pub framework: Option<String>,
    pub framework_version: Option<String>,
    pub code_version: Option<String>,
    pub command: Option<String>,
    pub settings: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    pub capture_mode: Option<String>,
    pub attached_by: Option<String>,
    pub capture_note: Option<String>,
    pub client: Option<String>,
}

/// See [`Happening::RunEnded`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunEnded {
    /// Why it failed; none when it finished.
    pub failure: Option<Failure>,
}

/// An error of the observed program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Its class.
    pub class: String,
    /// Its message.
    pub message: String,
}

/// See [`Happening::DatasetSeen`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DatasetSeen {
    /// Its number.
    pub dataset: u64,
    /// Its schema.
    pub columns: Vec<Column>,
    /// What it was made from, as far as the producer can tell.
    pub derived_from: Vec<Derivation>,
    /// What the user calls it.
    pub name: Option<String>,
    /// The files and tables that it reads by itself, not by way of a parent.
    #[serde(default)]
    pub sources: Vec<DataSource>,
    /// A dataset met before that is the same data by the same plan; 0 for none.
    #[serde(default)]
    pub same_as: u64,
    /// Whether it is a step inside a plan only.
    #[serde(default)]
    pub intermediate: bool,
    /// What the data is by itself, where it comes from no parent and no source.
    #[serde(default)]
    pub digest: Option<String>,
    /// Its rows, where the producer knows without counting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_count: Option<i64>,
}

/// Where data is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSource {
    /// `file:/data/adult.csv`, `spark_catalog.db.table`, ….
    pub uri: String,
    /// `csv`, `parquet`, `delta`, `table`, ….
    pub format: Option<String>,
}

/// A column of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The framework's name of its type.
    #[serde(rename = "type")]
    pub data_type: String,
}

/// A step from a parent to a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derivation {
    /// The parent's number; 0 where it is not known.
    pub parent: u64,
    /// `select`, `filter`, `join`, ….
    pub operation: String,
    /// The predicate of a filter, say; `opaque` for what cannot be read.
    pub detail: Option<String>,
    /// Whether rows were drawn at random on the way.
    #[serde(default)]
    pub split: bool,
    /// With `split`, the predicates of the filters that were applied after it.
    #[serde(default)]
    pub filters_after_split: Option<String>,
    /// Digest of all that the step does; none where some of it cannot be read.
    #[serde(default)]
    pub digest: Option<String>,
}

/// A typed value of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the variants are the types")]
pub enum Value {
    Text(String),
    Number(f64),
    Integer(i64),
    Boolean(bool),
    /// Lists, matrices and the like as JSON text.
    Json(String),
}

impl Value {
    /// The canonical text: shortest decimal form that reads back the same,
    /// `true` and `false`, JSON and text as they are.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Json(text) => text.clone(),
            Self::Number(number) => format!("{number:?}"),
            Self::Integer(integer) => integer.to_string(),
            Self::Boolean(boolean) => boolean.to_string(),
        }
    }

    /// The value as a number, where it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Integer(integer) => Some(*integer as f64),
            Self::Text(_) | Self::Boolean(_) | Self::Json(_) => None,
        }
    }
}

/// A parameter of a component.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its effective value.
    pub value: Value,
    /// Whether nobody set it.
    pub is_default: bool,
}

/// An estimator, transformer or evaluator.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// Its class.
    pub class: String,
    /// The framework's id of the object.
    pub uid: String,
    /// Every parameter that has a value.
    pub params: Vec<Param>,
    /// For a pipeline its stages; for a search the searched estimator.
    pub stages: Vec<Component>,
    /// Its columns, where no parameter says them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Columns>,
}

/// The columns that a component reads and writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// What it reads, labels apart.
    pub inputs: Vec<String>,
    /// What it writes.
    pub outputs: Vec<String>,
    /// The truth.
    pub label: Option<String>,
    /// What it predicts.
    pub prediction: Option<String>,
}

/// What is fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum FitKind {
    Estimator,
    Pipeline,
    Search,
}

impl FitKind {
    /// As `models.kind` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Estimator => "estimator",
            Self::Pipeline => "pipeline",
            Self::Search => "search",
        }
    }
}

/// See [`Happening::FitStarted`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FitStarted {
    /// Its number.
    pub operation: u64,
    /// The operation inside which it happens.
    pub parent: u64,
    /// What is fitted.
    pub kind: FitKind,
    /// The estimator.
    pub estimator: Component,
    /// What it learns from.
    pub dataset: u64,
    /// For a search, the configurations that it will try.
    pub candidates: Vec<Vec<CandidateParam>>,
    /// The thread that called, by a number of the producer's own; 0 where unknown.
    #[serde(default)]
    pub thread: u64,
    /// The columns of sources behind the columns that it learns from, labels apart; none
    /// where the producer did not look.
    #[serde(default)]
    pub source_columns: Option<Vec<String>>,
    /// Where it stands under its parent; none where datasets and uids tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<FitPlace>,
}

/// Where a fit stands under the one inside which it happens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FitPlace {
    /// `stage`, `candidate`, `fold`, `best` or `component`.
    pub role: String,
    /// Of a stage, its place in the pipeline.
    pub stage_index: Option<i64>,
    /// Of what a search fits, the configuration.
    pub candidate_index: Option<i64>,
    /// Of a fold, its number.
    pub fold: Option<i64>,
}

/// A parameter that a configuration of a search sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CandidateParam {
    /// The component that has it.
    pub uid: String,
    /// Its name and value.
    pub param: Param,
}

/// See [`Happening::FitEnded`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FitEnded {
    /// The operation of its start.
    pub operation: u64,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// The model's class.
    pub model_class: Option<String>,
    /// `binary`, `multiclass`, `regression`, `clustering`, `recommendation`.
    pub problem_type: Option<String>,
    /// For a search whose model tells it, the metric's average for each candidate.
    #[serde(default)]
    pub candidate_metrics: Vec<f64>,
    /// What `candidate_metrics` are averages of.
    #[serde(default)]
    pub metric: Option<String>,
    /// Whether a larger one is better.
    #[serde(default)]
    pub larger_is_better: Option<bool>,
    /// For a search, all that it measured; first the metric by which it chose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search_metrics: Vec<SearchMetric>,
    /// The configurations that it tried, where they were not known at its start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Vec<CandidateParam>>,
    /// The configuration that it chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_candidate: Option<i64>,
}

/// What a search measured by one metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchMetric {
    /// Its name.
    pub metric: String,
    /// Whether a larger value is better.
    pub larger_is_better: Option<bool>,
    /// For each configuration the value in each fold; NaN where there is none.
    pub fold_values: Vec<Vec<f64>>,
}

/// See [`Happening::Transformed`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Transformed {
    /// Its number.
    pub operation: u64,
    /// The operation inside which it happened.
    pub parent: u64,
    /// The transformer.
    pub transformer: Component,
    /// The fit that made the transformer.
    pub model: u64,
    /// The dataset that went in.
    pub input: u64,
    /// The dataset that came out; 0 when it failed.
    pub output: u64,
    /// When it was called.
    pub started_at: Micros,
    /// How long the call took, in microseconds. Spark's transforms are lazy.
    pub duration_us: i64,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// The thread that called; 0 where unknown.
    #[serde(default)]
    pub thread: u64,
}

/// See [`Happening::Evaluated`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluated {
    /// Its number.
    pub operation: u64,
    /// The operation inside which it happened.
    pub parent: u64,
    /// The evaluator.
    pub evaluator: Component,
    /// The scored dataset.
    pub dataset: u64,
    /// The metric's name.
    pub metric: String,
    /// Its value, meaningless when `failure` is set.
    pub value: f64,
    /// Whether larger is better.
    pub larger_is_better: Option<bool>,
    /// When it was called.
    pub started_at: Micros,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// The thread that called; 0 where unknown.
    #[serde(default)]
    pub thread: u64,
    /// The fit whose model was measured, where the producer knows; 0: by lineage.
    #[serde(default)]
    pub model: u64,
    /// Who gave the value, if not an evaluator: `summary`, `training`.
    #[serde(default)]
    pub source: Option<String>,
}

/// See [`Happening::Saved`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// Its number.
    pub operation: u64,
    /// The operation inside which it happened.
    pub parent: u64,
    /// The fit or the load that made it; 0 where it is not known.
    pub model: u64,
    /// What was saved, with its stages.
    pub component: Component,
    /// Where to.
    pub uri: String,
    /// `spark-ml`, ….
    pub format: Option<String>,
    /// When.
    pub started_at: Micros,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// Bytes that were copied into the warehouse; 0 for none.
    pub bytes: u64,
    /// The digest under which the copy lies.
    pub sha256: Option<String>,
    /// The fits or loads of the models inside it, as far as they are known.
    #[serde(default)]
    pub models: Vec<u64>,
}

/// See [`Happening::Loaded`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Loaded {
    /// Its number, by which later events name what was loaded.
    pub operation: u64,
    /// The operation inside which it happened.
    pub parent: u64,
    /// What was loaded.
    pub component: Component,
    /// Where from.
    pub uri: String,
    /// When.
    pub started_at: Micros,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// Why it failed.
    pub failure: Option<Failure>,
}

/// See [`Happening::Written`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The dataset.
    pub dataset: u64,
    /// Where to.
    pub target: DataSource,
    /// `append`, `overwrite`, `error`, `ignore`.
    pub mode: Option<String>,
}

/// See [`Happening::Unknown`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// The kind's number in the protocol.
    pub kind: u32,
    /// The whole encoded event.
    pub payload: Vec<u8>,
}
