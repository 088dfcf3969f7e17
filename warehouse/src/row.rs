//! A row of each relation, and rows as Arrow.
//!
//! Field names are the columns of [`Relation::columns`]; a test holds the two together.

use std::collections::BTreeMap;

use arrow::record_batch::RecordBatch;
use serde::{Deserialize, Serialize};

use crate::clock::Micros;
use crate::error::{Error, Result};
use crate::event::Column;
use crate::relation::Relation;

/// Free keys and values.
pub type TextMap = BTreeMap<String, String>;

macro_rules! rows {
    ($($variant:ident($row:ident) { $($field:ident: $kind:ty,)+ })+) => {
        $(
            #[doc = concat!("A row of [`Relation::", stringify!($variant), "`].")]
            #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
            // The assembler's state has rows: those of an older version lack fields.
            #[serde(default)]
            #[allow(missing_docs, reason = "`Relation::columns` describes each")]
            pub struct $row { $(pub $field: $kind,)+ }

            impl From<$row> for Row {
                fn from(row: $row) -> Self {
                    Row::$variant(Box::new(row))
                }
            }
        )+

        /// A row of any relation.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(untagged)]
        #[allow(missing_docs, reason = "one for each relation")]
        pub enum Row { $($variant(Box<$row>),)+ }

        impl Row {
            /// The relation that it belongs to.
            pub fn relation(&self) -> Relation {
                match self { $(Self::$variant(_) => Relation::$variant,)+ }
            }
        }
    };
}

rows! {
    Projects(ProjectRow) {
        project: String,
        description: Option<String>,
        owner: Option<String>,
        tags: TextMap,
        archived: bool,
        created_at: Micros,
        updated_at: Micros,
    }
    Runs(RunRow) {
        run_id: String,
        project: String,
        experiment: String,
        name: String,
        parent_run_id: Option<String>,
        status: String,
        error: Option<String>,
        user: Option<String>,
        host: Option<String>,
        application_id: Option<String>,
        framework: Option<String>,
        framework_version: Option<String>,
        code_version: Option<String>,
        command: Option<String>,
        settings: TextMap,
        capture: Capture,
        tags: TextMap,
        started_at: Micros,
        ended_at: Option<Micros>,
        producer: String,
        attached_by: Option<String>,
        capture_note: Option<String>,
        client: Option<String>,
    }
    Datasets(DatasetRow) {
        dataset_id: String,
        run_id: String,
        project: String,
        name: Option<String>,
        source_uris: Vec<String>,
        written_uris: Vec<String>,
        columns: Vec<Column>,
        row_count: Option<i64>,
        fingerprint: Option<String>,
        state_id: String,
        created_at: Micros,
    }
    DatasetEdges(DatasetEdgeRow) {
        run_id: String,
        project: String,
        parent_dataset_id: String,
        child_dataset_id: String,
        operation: String,
        detail: Option<String>,
        transform_id: Option<String>,
    }
    Models(ModelRow) {
        model_id: String,
        run_id: String,
        project: String,
        experiment: String,
        parent_model_id: Option<String>,
        kind: String,
        role: String,
        stage_index: Option<i64>,
        candidate_index: Option<i64>,
        fold: Option<i64>,
        inferred: bool,
        estimator: String,
        model_class: Option<String>,
        uid: String,
        problem_type: Option<String>,
        dataset_id: Option<String>,
        feature_columns: Vec<String>,
        label_column: Option<String>,
        prediction_column: Option<String>,
        source_columns: Option<Vec<String>>,
        params: TextMap,
        state_id: String,
        parent_state_id: Option<String>,
        status: String,
        error: Option<String>,
        started_at: Micros,
        ended_at: Option<Micros>,
        duration_ms: Option<f64>,
    }
    Stages(StageRow) {
        pipeline_model_id: String,
        stage_index: i64,
        model_id: Option<String>,
        class: String,
        uid: String,
        params: TextMap,
        input_columns: Vec<String>,
        output_columns: Vec<String>,
        run_id: String,
        project: String,
    }
    Candidates(CandidateRow) {
        search_model_id: String,
        candidate_index: i64,
        params: TextMap,
        metric: Option<String>,
        mean: Option<f64>,
        std: Option<f64>,
        fold_values: Vec<Option<f64>>,
        is_best: bool,
        run_id: String,
        project: String,
    }
    Transforms(TransformRow) {
        transform_id: String,
        run_id: String,
        project: String,
        model_id: Option<String>,
        parent_transform_id: Option<String>,
        stage_index: Option<i64>,
        inferred: bool,
        transformer: String,
        uid: String,
        input_dataset_id: Option<String>,
        output_dataset_id: Option<String>,
        input_columns: Vec<String>,
        output_columns: Vec<String>,
        params: TextMap,
        status: String,
        error: Option<String>,
        started_at: Micros,
        duration_ms: f64,
    }
    Params(ParamRow) {
        model_id: String,
        run_id: String,
        project: String,
        name: String,
        value: String,
        value_double: Option<f64>,
        is_default: bool,
    }
    Metrics(MetricRow) {
        metric_id: String,
        run_id: String,
        project: String,
        model_id: Option<String>,
        dataset_id: Option<String>,
        input_dataset_id: Option<String>,
        name: String,
        value: f64,
        step: Option<i64>,
        candidate_index: Option<i64>,
        larger_is_better: Option<bool>,
        slice: Option<String>,
        label_column: Option<String>,
        prediction_column: Option<String>,
        source: String,
        evaluator: Option<String>,
        recorded_at: Micros,
    }
    Features(FeatureRow) {
        model_id: String,
        run_id: String,
        project: String,
        position: i64,
        name: Option<String>,
        source_columns: Vec<String>,
        importance: Option<f64>,
        coefficient: Option<f64>,
        std_error: Option<f64>,
        class_index: Option<i64>,
        slot_count: i64,
    }
    Trees(TreeRow) {
        model_id: String,
        run_id: String,
        project: String,
        tree: i64,
        node: i64,
        parent: Option<i64>,
        side: Option<String>,
        feature: Option<i64>,
        feature_name: Option<String>,
        threshold: Option<f64>,
        categories: Option<Vec<f64>>,
        gain: Option<f64>,
        impurity: Option<f64>,
        prediction: f64,
        count: Option<f64>,
        tree_weight: f64,
        node_count: i64,
    }
    Samples(SampleRow) {
        sample_id: String,
        dataset_id: String,
        run_id: String,
        project: String,
        role: String,
        method: String,
        uri: String,
        row_count: i64,
        columns: Vec<Column>,
        denied_columns: Vec<String>,
        sampled_at: Micros,
    }
    Predictions(PredictionRow) {
        model_id: String,
        dataset_id: String,
        run_id: String,
        project: String,
        row_id: String,
        label: Option<f64>,
        prediction: Option<f64>,
        probability: Option<Vec<f64>>,
    }
    Work(WorkRow) {
        operation_id: String,
        run_id: String,
        project: String,
        jobs: i64,
        stages: i64,
        tasks: i64,
        failed_tasks: i64,
        executor_ms: i64,
        bytes_read: i64,
        bytes_written: i64,
        shuffle_bytes: i64,
    }
    Artifacts(ArtifactRow) {
        artifact_id: String,
        model_id: Option<String>,
        run_id: String,
        project: String,
        class: String,
        uid: String,
        uri: String,
        format: Option<String>,
        bytes: Option<i64>,
        sha256: Option<String>,
        status: String,
        error: Option<String>,
        saved_at: Micros,
    }
    Annotations(AnnotationRow) {
        annotation_id: String,
        run_id: Option<String>,
        project: Option<String>,
        target_kind: String,
        target_id: String,
        author: Option<String>,
        text: String,
        created_at: Micros,
    }
    Attributes(AttributeRow) {
        target_kind: String,
        target_id: String,
        key: String,
        value: String,
        value_double: Option<f64>,
        run_id: Option<String>,
        project: Option<String>,
        recorded_at: Micros,
    }
    Actions(ActionRow) {
        action_id: String,
        run_id: String,
        project: String,
        sequence: i64,
        kind: String,
        subject_id: String,
        status: String,
        state_id: String,
        parent_state_ids: Vec<String>,
        occurred_at: Micros,
    }
    UnknownEvents(UnknownEventRow) {
        event_id: String,
        run_id: String,
        project: String,
        kind: i64,
        payload: Bytes,
        occurred_at: Micros,
    }
}

/// How a run was watched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Capture {
    /// `agent` (bytecode hooks) or `events` (MLEvents).
    pub mode: Option<String>,
    /// Reason to count, as totals.
    pub not_captured: BTreeMap<String, i64>,
}

/// Bytes, which serde takes for numbers where nothing else is said.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl Row {
    /// For a row of a mutable relation, the value of its key.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Projects(row) => Some(&row.project),
            Self::Runs(row) => Some(&row.run_id),
            _ => None,
        }
    }
}

/// `rows`, all of `relation`, as one batch with the relation's schema.
pub fn to_batch<'a>(
    relation: Relation,
    rows: impl IntoIterator<Item = &'a Row>,
) -> Result<RecordBatch> {
    let rows: Vec<&Row> = rows.into_iter().collect();
    let schema = relation.schema();
    let batch = serde_arrow::to_record_batch(schema.fields(), &rows);
    let batch = batch.map_err(|error| failed(relation, error))?;
    // With what the schema says beyond its fields.
    let batch = batch.with_schema(schema);
    batch.map_err(|error| failed(relation, error))
}

/// Rows of a relation cannot be handled as they should.
pub(crate) fn failed(relation: Relation, why: impl std::fmt::Display) -> Error {
    Error::Internal(format!("rows of {}: {why}", relation.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of_each() -> Vec<Row> {
        vec![
            ProjectRow::default().into(),
            RunRow::default().into(),
            DatasetRow::default().into(),
            DatasetEdgeRow::default().into(),
            ModelRow::default().into(),
            StageRow::default().into(),
            CandidateRow::default().into(),
            TransformRow::default().into(),
            ParamRow::default().into(),
            MetricRow::default().into(),
            FeatureRow::default().into(),
            TreeRow::default().into(),
            SampleRow::default().into(),
            PredictionRow::default().into(),
            WorkRow::default().into(),
            ArtifactRow::default().into(),
            AnnotationRow::default().into(),
            AttributeRow::default().into(),
            ActionRow::default().into(),
            UnknownEventRow::default().into(),
        ]
    }

    #[test]
    fn fields_of_rows_are_the_columns_of_relations() {
        assert_eq!(one_of_each().len(), Relation::ALL.len());
        for row in one_of_each() {
            let relation = row.relation();
            let json = serde_json::to_value(&row).expect("rows are plain");
            let mut fields: Vec<_> = json.as_object().expect("a struct").keys().collect();
            let mut columns: Vec<_> = relation.columns().iter().map(|c| c.name).collect();
            fields.sort();
            columns.sort();
            assert_eq!(fields, columns, "{relation:?}");
            assert_eq!(to_batch(relation, [&row]).expect("a batch").num_rows(), 1);
        }
    }

    #[test]
    fn values_survive() {
        let row: Row = MetricRow {
            value: f64::NAN,
            recorded_at: Micros(1_700_000_000_123_456),
            name: "naïve \"métrique\" 🙂".into(),
            ..MetricRow::default()
        }
        .into();
        let batch = to_batch(Relation::Metrics, [&row]).expect("a batch");
        let text = arrow::util::pretty::pretty_format_batches(&[batch])
            .expect("text")
            .to_string();
        assert!(text.contains("NaN"), "{text}");
        assert!(text.contains("2023-11-14T22:13:20.123456Z"), "{text}");
        assert!(text.contains("naïve \"métrique\" 🙂"), "{text}");
    }

    #[test]
    fn bytes_and_maps_survive() {
        use arrow::array::{Array, BinaryArray, MapArray};
        let row: Row = UnknownEventRow {
            payload: Bytes(vec![0, 255, 7]),
            ..UnknownEventRow::default()
        }
        .into();
        let batch = to_batch(Relation::UnknownEvents, [&row]).expect("a batch");
        let payload = batch.column_by_name("payload").expect("a column");
        let payload = payload.as_any().downcast_ref::<BinaryArray>();
        assert_eq!(payload.expect("binary").value(0), [0, 255, 7]);

        let row: Row = ProjectRow {
            tags: TextMap::from([("a".into(), "b".into())]),
            ..ProjectRow::default()
        }
        .into();
        let batch = to_batch(Relation::Projects, [&row]).expect("a batch");
        let tags = batch.column_by_name("tags").expect("a column");
        let tags = tags.as_any().downcast_ref::<MapArray>().expect("a map");
        assert_eq!(tags.value(0).len(), 1);
    }
}
