//! The relations: their names, columns and types, in one place.
//!
//! Each is a Delta table under `<warehouse>/<name>/` and a table in SQL. Columns
//! may be added; none may be renamed or change its type.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use deltalake::kernel::engine::arrow_conversion::TryIntoArrow;
use deltalake::kernel::{ArrayType, DataType, MapType, StructField, StructType};

/// A relation of the warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "`comment` describes each")]
pub enum Relation {
    Projects,
    Runs,
    Datasets,
    DatasetEdges,
    Models,
    Stages,
    Candidates,
    Transforms,
    Params,
    Metrics,
    Features,
    Trees,
    Samples,
    Predictions,
    Work,
    Artifacts,
    Annotations,
    Attributes,
    Actions,
    UnknownEvents,
}

/// A column of a relation.
#[derive(Clone, Copy, Debug)]
pub struct RelationColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// What it holds.
    pub comment: &'static str,
}

/// Type of a column. Every column may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// 64-bit signed integer.
    Long,
    /// 64-bit float.
    Double,
    /// True or false.
    Boolean,
    /// UTC timestamp with microseconds.
    Time,
    /// Bytes.
    Binary,
    /// List of text.
    TextList,
    /// List of 64-bit floats.
    DoubleList,
    /// Map from text to text.
    TextMap,
    /// List of `{name, type}`.
    Columns,
    /// `{mode, not_captured: map from reason to count}`.
    Capture,
}

impl Kind {
    fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::STRING,
            Self::Long => DataType::LONG,
            Self::Double => DataType::DOUBLE,
            Self::Boolean => DataType::BOOLEAN,
            Self::Time => DataType::TIMESTAMP,
            Self::Binary => DataType::BINARY,
            Self::TextList => ArrayType::new(DataType::STRING, true).into(),
            Self::DoubleList => ArrayType::new(DataType::DOUBLE, true).into(),
            Self::TextMap => MapType::new(DataType::STRING, DataType::STRING, true).into(),
            Self::Columns => {
                let column = StructType::new_unchecked([
                    StructField::nullable("name", DataType::STRING),
                    StructField::nullable("type", DataType::STRING),
                ]);
                ArrayType::new(column, true).into()
            }
            Self::Capture => {
                let counts = MapType::new(DataType::STRING, DataType::LONG, true);
                StructType::new_unchecked([
                    StructField::nullable("mode", DataType::STRING),
                    StructField::nullable("not_captured", DataType::from(counts)),
                ])
                .into()
            }
        }
    }
}

const fn column(name: &'static str, kind: Kind, comment: &'static str) -> RelationColumn {
    RelationColumn {
        name,
        kind,
        comment,
    }
}

const RUN_ID: RelationColumn = column("run_id", Kind::Text, "The run.");
const PROJECT: RelationColumn = column("project", Kind::Text, "The project of the run.");

impl Relation {
    /// All: what others point at comes first.
    pub const ALL: [Self; 20] = [
        Self::Projects,
        Self::Runs,
        Self::Datasets,
        Self::DatasetEdges,
        Self::Models,
        Self::Stages,
        Self::Candidates,
        Self::Transforms,
        Self::Params,
        Self::Metrics,
        Self::Features,
        Self::Trees,
        Self::Samples,
        Self::Predictions,
        Self::Work,
        Self::Artifacts,
        Self::Annotations,
        Self::Attributes,
        Self::Actions,
        Self::UnknownEvents,
    ];

    /// In what order it is folded: those that others point at go before these.
    pub(crate) fn fold_wave(self) -> u8 {
        match self {
            Self::Projects | Self::Runs => 0,
            Self::Datasets => 1,
            Self::DatasetEdges | Self::Models => 2,
            _ => 3,
        }
    }

    /// Its name: of the table's directory and in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Projects => "projects",
            Self::Runs => "runs",
            Self::Datasets => "datasets",
            Self::DatasetEdges => "dataset_edges",
            Self::Models => "models",
            Self::Stages => "stages",
            Self::Candidates => "candidates",
            Self::Transforms => "transforms",
            Self::Params => "params",
            Self::Metrics => "metrics",
            Self::Features => "features",
            Self::Trees => "trees",
            Self::Samples => "samples",
            Self::Predictions => "predictions",
            Self::Work => "work",
            Self::Artifacts => "artifacts",
            Self::Annotations => "annotations",
            Self::Attributes => "attributes",
            Self::Actions => "actions",
            Self::UnknownEvents => "unknown_events",
        }
    }

    /// The relation of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|relation| relation.name() == name)
    }

    /// For a mutable relation the column that tells its rows apart; others only grow.
    pub fn key(self) -> Option<&'static str> {
        match self {
            Self::Projects => Some("project"),
            Self::Runs => Some("run_id"),
            _ => None,
        }
    }

    /// What its rows are.
    pub fn comment(self) -> &'static str {
        match self {
            Self::Projects => "One row per project.",
            Self::Runs => "One row per run: a Spark application, a tracked script.",
            Self::Datasets => "One row per dataset seen in a run.",
            Self::DatasetEdges => "One row per step that made a dataset from another.",
            Self::Models => "One row per fit.",
            Self::Stages => "One row per stage of a fitted pipeline, transformers included.",
            Self::Candidates => "One row per configuration that a search tried.",
            Self::Transforms => "One row per call of transform.",
            Self::Params => "One row per parameter of a model.",
            Self::Metrics => "One row per measured value.",
            Self::Features => "One row per slot of what a model learnt from.",
            Self::Trees => "One row per node of a tree model.",
            Self::Samples => "One row per sampled dataset.",
            Self::Predictions => "One row per sampled row and model that scored it.",
            Self::Work => "One row per operation that ran Spark jobs.",
            Self::Artifacts => "One row per saved model or other component.",
            Self::Annotations => "One row per note about a project, a run, a model, ....",
            Self::Attributes => {
                "One row per free key that was set; of each key of a thing the newest holds."
            }
            Self::Actions => "One row per action, in order.",
            Self::UnknownEvents => "Events of kinds that this version does not know, as they came.",
        }
    }

    /// Its columns, in order.
    pub fn columns(self) -> &'static [RelationColumn] {
        use Kind::{
            Binary, Boolean, Capture, Columns, Double, DoubleList, Long, Text, TextList, TextMap,
            Time,
        };
        match self {
            Self::Projects => {
                const {
                    &[
                        column("project", Text, "The project's name."),
                        column("description", Text, "What it is for."),
                        column(
                            "owner",
                            Text,
                            "Who owns it; at first the user of its first run.",
                        ),
                        column("tags", TextMap, "Free keys and values."),
                        column("archived", Boolean, "Whether it is put away."),
                        column("created_at", Time, "When its first run started."),
                        column(
                            "updated_at",
                            Time,
                            "When a run of it last started or ended.",
                        ),
                    ]
                }
            }
            Self::Runs => {
                const {
                    &[
                        RUN_ID,
                        PROJECT,
                        column("experiment", Text, "The experiment inside the project."),
                        column("name", Text, "What users call the run."),
                        column("parent_run_id", Text, "The run inside which it ran."),
                        column("status", Text, "running, finished, failed or abandoned."),
                        column("error", Text, "Why it failed."),
                        column("user", Text, "Who ran it."),
                        column("host", Text, "Where it ran."),
                        column("application_id", Text, "The cluster manager's id of it."),
                        column("framework", Text, "spark, scikit-learn, ...."),
                        column("framework_version", Text, "The framework's version."),
                        column("code_version", Text, "The commit of the code."),
                        column("command", Text, "The command line, redacted."),
                        column("settings", TextMap, "The framework's settings, redacted."),
                        column("capture", Capture, "How it was watched; what was missed."),
                        column("tags", TextMap, "Free keys and values."),
                        column("started_at", Time, "When it started."),
                        column("ended_at", Time, "When it ended."),
                        column("producer", Text, "The process that told of it."),
                        column("attached_by", Text, "javaagent, self or listener."),
                        column("capture_note", Text, "Why it is not watched more closely."),
                        column(
                            "client",
                            Text,
                            "Where calls come from: python, jvm, connect.",
                        ),
                    ]
                }
            }
            Self::Datasets => {
                const {
                    &[
                        column("dataset_id", Text, "The dataset."),
                        RUN_ID,
                        PROJECT,
                        column("name", Text, "What the user calls it."),
                        column("source_uris", TextList, "What it was read from."),
                        column("written_uris", TextList, "What it was written to."),
                        column("columns", Columns, "Its schema."),
                        column("row_count", Long, "Its rows, where they were counted."),
                        column("fingerprint", Text, "Equal for the same sources and plan."),
                        column("state_id", Text, "Digest of how it came to be."),
                        column("created_at", Time, "When it was first seen."),
                    ]
                }
            }
            Self::DatasetEdges => {
                const {
                    &[
                        RUN_ID,
                        PROJECT,
                        column("parent_dataset_id", Text, "What it was made from."),
                        column("child_dataset_id", Text, "What was made."),
                        column(
                            "operation",
                            Text,
                            "select, filter, join, split, transform, ....",
                        ),
                        column("detail", Text, "The predicate of a filter, say."),
                        column("transform_id", Text, "The transform that did it."),
                    ]
                }
            }
            Self::Models => {
                const {
                    &[
                        column("model_id", Text, "The model: one per fit."),
                        RUN_ID,
                        PROJECT,
                        column("experiment", Text, "The experiment of the run."),
                        column(
                            "parent_model_id",
                            Text,
                            "The fit inside which it was fitted.",
                        ),
                        column("kind", Text, "estimator, pipeline or search."),
                        column(
                            "role",
                            Text,
                            "top, stage, candidate, fold, best or component.",
                        ),
                        column("stage_index", Long, "Its place in the pipeline, from 0."),
                        column(
                            "candidate_index",
                            Long,
                            "Its configuration in the search, from 0.",
                        ),
                        column("fold", Long, "Its fold in the search, from 0."),
                        column(
                            "inferred",
                            Boolean,
                            "Whether the nesting was put together later.",
                        ),
                        column("estimator", Text, "Class of the estimator."),
                        column("model_class", Text, "Class of the model."),
                        column("uid", Text, "The framework's id of the estimator."),
                        column(
                            "problem_type",
                            Text,
                            "binary, multiclass, regression, clustering, recommendation.",
                        ),
                        column("dataset_id", Text, "What it learnt from."),
                        column("feature_columns", TextList, "The columns it learnt from."),
                        column("label_column", Text, "The column it learnt to predict."),
                        column("prediction_column", Text, "The column it writes."),
                        column(
                            "source_columns",
                            TextList,
                            "The source columns behind the features.",
                        ),
                        column("params", TextMap, "Its parameters, effective at the fit."),
                        column("state_id", Text, "Digest of what was done."),
                        column("parent_state_id", Text, "Digest of what it was done to."),
                        column("status", Text, "running, finished, failed or abandoned."),
                        column("error", Text, "Class and message of the error."),
                        column("started_at", Time, "When fit was called."),
                        column("ended_at", Time, "When fit returned."),
                        column("duration_ms", Double, "How long fit took."),
                    ]
                }
            }
            Self::Stages => {
                const {
                    &[
                        column("pipeline_model_id", Text, "The pipeline."),
                        column("stage_index", Long, "Its place, from 0."),
                        column("model_id", Text, "The stage's fit; null for a transformer."),
                        column("class", Text, "Class of the estimator or transformer."),
                        column("uid", Text, "The framework's id of it."),
                        column("params", TextMap, "Its parameters."),
                        column("input_columns", TextList, "The columns it reads."),
                        column("output_columns", TextList, "The columns it writes."),
                        RUN_ID,
                        PROJECT,
                    ]
                }
            }
            Self::Candidates => {
                const {
                    &[
                        column("search_model_id", Text, "The search."),
                        column("candidate_index", Long, "Its place in the search, from 0."),
                        column(
                            "params",
                            TextMap,
                            "What it sets; `uid.name` where two components have the name.",
                        ),
                        column("metric", Text, "The metric by which it was chosen."),
                        column("mean", Double, "The metric's average over folds."),
                        column("std", Double, "Its standard deviation over folds."),
                        column("fold_values", DoubleList, "The metric in each fold."),
                        column(
                            "is_best",
                            Boolean,
                            "Whether it was fitted again as the best.",
                        ),
                        RUN_ID,
                        PROJECT,
                    ]
                }
            }
            Self::Transforms => {
                const {
                    &[
                        column("transform_id", Text, "The call."),
                        RUN_ID,
                        PROJECT,
                        column(
                            "model_id",
                            Text,
                            "The model that transformed; null for others.",
                        ),
                        column(
                            "parent_transform_id",
                            Text,
                            "The call inside which it happened.",
                        ),
                        column("stage_index", Long, "Its place in the pipeline, from 0."),
                        column(
                            "inferred",
                            Boolean,
                            "Whether the nesting was put together later.",
                        ),
                        column("transformer", Text, "Class of the transformer."),
                        column("uid", Text, "The framework's id of it."),
                        column("input_dataset_id", Text, "What went in."),
                        column("output_dataset_id", Text, "What came out."),
                        column("input_columns", TextList, "The columns it read."),
                        column("output_columns", TextList, "The columns it added."),
                        column("params", TextMap, "Its parameters."),
                        column("status", Text, "finished or failed."),
                        column("error", Text, "Class and message of the error."),
                        column("started_at", Time, "When it was called."),
                        column("duration_ms", Double, "How long the call took."),
                    ]
                }
            }
            Self::Params => {
                const {
                    &[
                        column("model_id", Text, "The model."),
                        RUN_ID,
                        PROJECT,
                        column("name", Text, "The parameter's name."),
                        column("value", Text, "Its value as text."),
                        column("value_double", Double, "Its value, where it is a number."),
                        column("is_default", Boolean, "Whether nobody set it."),
                    ]
                }
            }
            Self::Metrics => {
                const {
                    &[
                        column("metric_id", Text, "The measurement."),
                        RUN_ID,
                        PROJECT,
                        column("model_id", Text, "The measured model."),
                        column("dataset_id", Text, "The scored dataset that was evaluated."),
                        column(
                            "input_dataset_id",
                            Text,
                            "The dataset that the model scored.",
                        ),
                        column("name", Text, "The metric's name, areaUnderROC say."),
                        column("value", Double, "Its value."),
                        column("step", Long, "The iteration, for histories."),
                        column(
                            "candidate_index",
                            Long,
                            "For a search's averages, the configuration.",
                        ),
                        column("larger_is_better", Boolean, "Its direction."),
                        column("slice", Text, "The filters that lie before the evaluation."),
                        column("label_column", Text, "The true values."),
                        column("prediction_column", Text, "The predicted values."),
                        column("source", Text, "evaluator, search, training or manual."),
                        column("evaluator", Text, "Class of the evaluator."),
                        column("recorded_at", Time, "When it was measured."),
                    ]
                }
            }
            Self::Features => {
                const {
                    &[
                        column("model_id", Text, "The model."),
                        RUN_ID,
                        PROJECT,
                        column("position", Long, "The slot, from 0; -1 for the intercept."),
                        column("name", Text, "Its name."),
                        column("source_columns", TextList, "The source columns behind it."),
                        column("importance", Double, "Its importance."),
                        column("coefficient", Double, "Its coefficient."),
                        column("std_error", Double, "The coefficient's standard error."),
                        column(
                            "class_index",
                            Long,
                            "The class, or the cluster, of the coefficient.",
                        ),
                        column("slot_count", Long, "Slots that the model has, told or not."),
                    ]
                }
            }
            Self::Trees => {
                const {
                    &[
                        column("model_id", Text, "The model."),
                        RUN_ID,
                        PROJECT,
                        column("tree", Long, "The tree, from 0."),
                        column(
                            "node",
                            Long,
                            "The node, from 0 in each tree, parents first.",
                        ),
                        column("parent", Long, "Its parent; null for the root."),
                        column(
                            "side",
                            Text,
                            "left or right of its parent; null for the root.",
                        ),
                        column(
                            "feature",
                            Long,
                            "The slot that it splits by; null for a leaf.",
                        ),
                        column("feature_name", Text, "That slot's name."),
                        column("threshold", Double, "Values up to it go left."),
                        column("categories", DoubleList, "These categories go left."),
                        column("gain", Double, "What the split gained."),
                        column("impurity", Double, "Impurity of its rows."),
                        column("prediction", Double, "What it predicts."),
                        column("count", Double, "Its rows, weighted."),
                        column("tree_weight", Double, "The tree's weight in its ensemble."),
                        column("node_count", Long, "Nodes that the model has, told or not."),
                    ]
                }
            }
            Self::Samples => {
                const {
                    &[
                        column("sample_id", Text, "The sample."),
                        column("dataset_id", Text, "The dataset that it is of."),
                        RUN_ID,
                        PROJECT,
                        column("role", Text, "train, test or stage."),
                        column(
                            "method",
                            Text,
                            "How the rows were chosen: lowest-hash, head.",
                        ),
                        column(
                            "uri",
                            Text,
                            "The Parquet file with the rows, below the warehouse.",
                        ),
                        column("row_count", Long, "The rows in it."),
                        column(
                            "columns",
                            Columns,
                            "Its columns, with the framework's types.",
                        ),
                        column(
                            "denied_columns",
                            TextList,
                            "Columns that the agent left out.",
                        ),
                        column("sampled_at", Time, "When it was taken."),
                    ]
                }
            }
            Self::Predictions => {
                const {
                    &[
                        column("model_id", Text, "The model."),
                        column("dataset_id", Text, "The dataset whose sample has the row."),
                        RUN_ID,
                        PROJECT,
                        column("row_id", Text, "The row, as in sample(dataset_id)."),
                        column("label", Double, "The truth."),
                        column("prediction", Double, "What the model said."),
                        column("probability", DoubleList, "The probability of each class."),
                    ]
                }
            }
            Self::Work => {
                const {
                    &[
                        column("operation_id", Text, "The row that the operation made."),
                        RUN_ID,
                        PROJECT,
                        column("jobs", Long, "Spark jobs."),
                        column("stages", Long, "Their stages that ran."),
                        column("tasks", Long, "Their tasks."),
                        column("failed_tasks", Long, "Tasks that failed."),
                        column("executor_ms", Long, "Time that tasks ran, together."),
                        column("bytes_read", Long, "Bytes that they read."),
                        column("bytes_written", Long, "Bytes that they wrote."),
                        column("shuffle_bytes", Long, "Bytes that they shuffled."),
                    ]
                }
            }
            Self::Artifacts => {
                const {
                    &[
                        column("artifact_id", Text, "The artifact: one per save."),
                        column("model_id", Text, "The saved model; null for others."),
                        RUN_ID,
                        PROJECT,
                        column("class", Text, "Class of what was saved."),
                        column("uid", Text, "The framework's id of it."),
                        column("uri", Text, "Where it was saved."),
                        column("format", Text, "spark-ml, ...."),
                        column("bytes", Long, "Its size, where it was copied."),
                        column("sha256", Text, "Digest of the copy, under artifacts/."),
                        column("status", Text, "finished or failed."),
                        column("error", Text, "Class and message of the error."),
                        column("saved_at", Time, "When save was called."),
                    ]
                }
            }
            Self::Annotations => {
                const {
                    &[
                        column("annotation_id", Text, "The note."),
                        RUN_ID,
                        PROJECT,
                        column("target_kind", Text, "project, run, model, dataset, ...."),
                        column("target_id", Text, "What it is about: an id, or a project."),
                        column("author", Text, "Who wrote it."),
                        column("text", Text, "The note."),
                        column("created_at", Time, "When it was written."),
                    ]
                }
            }
            Self::Attributes => {
                const {
                    &[
                        column("target_kind", Text, "project, run, model, dataset, ...."),
                        column("target_id", Text, "What has the key: an id, or a project."),
                        column("key", Text, "The key; dots separate levels."),
                        column("value", Text, "Its value as text."),
                        column("value_double", Double, "Its value, where it is a number."),
                        RUN_ID,
                        PROJECT,
                        column("recorded_at", Time, "When it was set."),
                    ]
                }
            }
            Self::Actions => {
                const {
                    &[
                        column("action_id", Text, "The action."),
                        RUN_ID,
                        PROJECT,
                        column("sequence", Long, "Its place in the run, from 1."),
                        column(
                            "kind",
                            Text,
                            "fit, transform, evaluate, save, load or write.",
                        ),
                        column("subject_id", Text, "The row that it made."),
                        column("status", Text, "finished, failed or abandoned."),
                        column("state_id", Text, "Digest of the state that it led to."),
                        column(
                            "parent_state_ids",
                            TextList,
                            "Digests of the states it started from.",
                        ),
                        column("occurred_at", Time, "When it began."),
                    ]
                }
            }
            Self::UnknownEvents => {
                const {
                    &[
                        column("event_id", Text, "The event."),
                        RUN_ID,
                        PROJECT,
                        column("kind", Long, "Its kind: the field number in the protocol."),
                        column("payload", Binary, "The encoded modeldb.v1.Event."),
                        column("occurred_at", Time, "When it happened."),
                    ]
                }
            }
        }
    }

    /// Its schema as the Delta log has it.
    pub fn delta_fields(self) -> Vec<StructField> {
        let field = |column: &RelationColumn| {
            StructField::nullable(column.name, column.kind.data_type())
                .add_metadata([("comment", column.comment)])
        };
        self.columns().iter().map(field).collect()
    }

    /// Its schema in Arrow, the very one that reading its Delta table gives.
    pub fn schema(self) -> SchemaRef {
        let fields = StructType::new_unchecked(self.delta_fields());
        let schema = (&fields).try_into_arrow();
        #[expect(clippy::expect_used, reason = "the columns are constants of this file")]
        Arc::new(schema.expect("every kind of column has an Arrow type"))
    }
}
