//! A sampled test set in two parts, what a model made of it stage by stage, and what else
//! is known of that model: slots, a tree, work.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Decimal128Array, Float64Array, Int32Array, ListArray, RecordBatch, StringArray,
};
use arrow::datatypes::Float64Type;
use modeldb_warehouse::event::Column;
use modeldb_warehouse::row::{
    FeatureRow, PredictionRow, Row, SampleRow, StageRow, TransformRow, TreeRow, WorkRow,
};
use modeldb_warehouse::{Micros, Store, samples};

use super::NOON;

/// Rows that are in the tables, and rows that are not yet.
pub(super) async fn rows(store: &Store) -> (Vec<Row>, Vec<Row>) {
    let first = part(&["ra", "rb"], &["US", "DE"], &[Some(30), None], &[1250, -1]);
    let second = part(&["rb", "rc"], &["DE", "größe"], &[None, Some(31)], &[-1, 0]);
    let stored = vec![
        sample(store, "s1", "d1", "test", 0, first).await,
        sample(store, "s2", "d2", "stage", 0, staged()).await,
        stage(0, "StringIndexer", "si", &["country"], &["country_index"]),
        stage(
            1,
            "LogisticRegression",
            "lr",
            &["features"],
            &["prediction"],
        ),
        transform(),
        feature(0, Some("age"), Some(0.5), None),
        feature(1, Some("country=US"), None, Some(f64::NAN)),
        prediction("ra", Some(1.0), Some(1.0), Some(&[0.1, 0.9])),
        prediction("rb", None, Some(0.0), None),
        tree(0, None, Some(2), &[]),
        work("m1", 7),
    ];
    let hot = vec![
        sample(store, "s3", "d1", "test", 1, second).await,
        feature(-1, None, Some(-1.0), None),
        prediction("rc", Some(0.0), None, Some(&[])),
        tree(1, Some(0), None, &[1.0, 2.0]),
        work("t1", 0),
    ];
    (stored, hot)
}

fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn part(ids: &[&str], countries: &[&str], ages: &[Option<i32>], prices: &[i128]) -> RecordBatch {
    let prices = Decimal128Array::from(prices.to_vec());
    let prices: ArrayRef = Arc::new(prices.with_precision_and_scale(10, 2).unwrap());
    let ages: ArrayRef = Arc::new(Int32Array::from(ages.to_vec()));
    let columns = [
        (samples::ROW_ID, texts(ids), false),
        ("country", texts(countries), true),
        ("age", ages, true),
        ("price", prices, true),
    ];
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn staged() -> RecordBatch {
    let index: ArrayRef = Arc::new(Float64Array::from(vec![Some(0.0), None]));
    let lists = [Some(vec![Some(30.0), Some(0.0)]), None];
    let features = ListArray::from_iter_primitive::<Float64Type, _, _>(lists);
    let prediction: ArrayRef = Arc::new(Float64Array::from(vec![1.0, f64::NAN]));
    let columns = [
        (samples::ROW_ID, texts(&["ra", "rb"]), false),
        ("country_index", index, true),
        ("features", Arc::new(features) as ArrayRef, true),
        ("prediction", prediction, true),
    ];
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

async fn sample(
    store: &Store,
    sample_id: &str,
    dataset_id: &str,
    role: &str,
    seconds: i64,
    rows: RecordBatch,
) -> Row {
    let column = |field: &arrow::datatypes::FieldRef| Column {
        name: field.name().clone(),
        data_type: field.data_type().to_string(),
    };
    SampleRow {
        sample_id: sample_id.into(),
        dataset_id: dataset_id.into(),
        run_id: "r1".into(),
        project: "iris".into(),
        role: role.into(),
        method: "lowest-hash".into(),
        uri: samples::keep(store, &rows).await.unwrap(),
        row_count: rows.num_rows() as i64,
        columns: rows.schema().fields().iter().skip(1).map(column).collect(),
        denied_columns: vec!["ssn".into()],
        sampled_at: Micros(NOON + seconds * 1_000_000),
    }
    .into()
}

fn stage(stage_index: i64, class: &str, uid: &str, inputs: &[&str], outputs: &[&str]) -> Row {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    StageRow {
        pipeline_model_id: "m1".into(),
        stage_index,
        class: class.into(),
        uid: uid.into(),
        input_columns: owned(inputs),
        output_columns: owned(outputs),
        run_id: "r1".into(),
        project: "iris".into(),
        ..StageRow::default()
    }
    .into()
}

fn transform() -> Row {
    TransformRow {
        transform_id: "t1".into(),
        run_id: "r1".into(),
        project: "iris".into(),
        model_id: Some("m1".into()),
        transformer: "PipelineModel".into(),
        input_dataset_id: Some("d1".into()),
        output_dataset_id: Some("d2".into()),
        status: "finished".into(),
        started_at: Micros(NOON),
        ..TransformRow::default()
    }
    .into()
}

fn feature(
    position: i64,
    name: Option<&str>,
    coefficient: Option<f64>,
    importance: Option<f64>,
) -> Row {
    let source = name.map(|name| name.split('=').next().unwrap().to_owned());
    FeatureRow {
        model_id: "m1".into(),
        run_id: "r1".into(),
        project: "iris".into(),
        position,
        name: name.map(str::to_owned),
        source_columns: source.into_iter().collect(),
        importance,
        coefficient,
        slot_count: 2,
        ..FeatureRow::default()
    }
    .into()
}

fn prediction(
    row_id: &str,
    label: Option<f64>,
    prediction: Option<f64>,
    probability: Option<&[f64]>,
) -> Row {
    PredictionRow {
        model_id: "m1".into(),
        dataset_id: "d1".into(),
        run_id: "r1".into(),
        project: "iris".into(),
        row_id: row_id.into(),
        label,
        prediction,
        probability: probability.map(<[f64]>::to_vec),
    }
    .into()
}

fn tree(node: i64, parent: Option<i64>, feature: Option<i64>, categories: &[f64]) -> Row {
    TreeRow {
        model_id: "m2".into(),
        run_id: "r1".into(),
        project: "iris".into(),
        node,
        parent,
        side: parent.map(|_| "left".into()),
        feature,
        categories: (!categories.is_empty()).then(|| categories.to_vec()),
        prediction: 1.0,
        tree_weight: 1.0,
        node_count: 2,
        ..TreeRow::default()
    }
    .into()
}

fn work(operation_id: &str, jobs: i64) -> Row {
    WorkRow {
        operation_id: operation_id.into(),
        run_id: "r1".into(),
        project: "iris".into(),
        jobs,
        ..WorkRow::default()
    }
    .into()
}
