//! A warehouse to ask the larger questions of: two runs of a project, of which the second
//! reads what the first wrote; two pipelines, a search, models that failed or that nobody
//! measured, scored rows, notes.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use modeldb_warehouse::row::{
    ActionRow, AnnotationRow, AttributeRow, CandidateRow, DatasetEdgeRow, DatasetRow, FeatureRow,
    MetricRow, ModelRow, ParamRow, PredictionRow, ProjectRow, Row, RunRow, SampleRow, StageRow,
    TransformRow, WorkRow,
};
use modeldb_warehouse::{Micros, Store, samples};

use super::NOON;

const PROJECT: &str = "churn";

pub(super) async fn rows(store: &Store) -> Vec<Row> {
    let mut rows = vec![
        ProjectRow {
            project: PROJECT.into(),
            owner: Some("ada".into()),
            created_at: at(0),
            updated_at: at(900),
            ..ProjectRow::default()
        }
        .into(),
        run("ra", "finished", 0),
        run("rb", "failed", 600),
    ];
    rows.extend(lineage());
    rows.extend(models());
    rows.extend(metrics());
    rows.extend(scored(store).await);
    rows.extend(said());
    rows
}

fn at(seconds: i64) -> Micros {
    Micros(NOON + seconds * 1_000_000)
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

fn run(run_id: &str, status: &str, seconds: i64) -> Row {
    RunRow {
        run_id: run_id.into(),
        project: PROJECT.into(),
        experiment: "default".into(),
        name: format!("run {run_id}"),
        status: status.into(),
        error: (status == "failed").then(|| "Boom: größe".into()),
        user: Some("ada".into()),
        started_at: at(seconds),
        ended_at: Some(at(seconds + 60)),
        ..RunRow::default()
    }
    .into()
}

fn dataset(id: &str, run_id: &str, seconds: i64, sources: &[&str], written: &[&str]) -> Row {
    DatasetRow {
        dataset_id: id.into(),
        run_id: run_id.into(),
        project: PROJECT.into(),
        source_uris: texts(sources),
        written_uris: texts(written),
        created_at: at(seconds),
        ..DatasetRow::default()
    }
    .into()
}

fn edge(run_id: &str, parent: &str, child: &str, operation: &str, transform: Option<&str>) -> Row {
    DatasetEdgeRow {
        run_id: run_id.into(),
        project: PROJECT.into(),
        parent_dataset_id: parent.into(),
        child_dataset_id: child.into(),
        operation: operation.into(),
        detail: (operation == "filter").then(|| "(age > 18)".into()),
        transform_id: transform.map(Into::into),
    }
    .into()
}

/// raw -> clean (written) | clean (read) -> train, test; test -> scored by m-pipe.
fn lineage() -> Vec<Row> {
    let mut rows = vec![
        dataset("raw", "ra", 0, &["s3://b/raw.csv"], &[]),
        dataset("clean", "ra", 1, &["s3://b/raw.csv"], &["s3://b/clean"]),
        edge("ra", "raw", "clean", "filter", None),
        dataset("again", "rb", 601, &["s3://b/clean"], &[]),
        dataset("train", "rb", 602, &["s3://b/clean"], &[]),
        dataset("test", "rb", 602, &["s3://b/clean"], &[]),
        edge("rb", "again", "train", "split", None),
        edge("rb", "again", "test", "split", None),
        dataset("scored", "rb", 640, &["s3://b/clean"], &[]),
        edge("rb", "test", "scored", "transform", Some("t1")),
        dataset("alone", "rb", 650, &[], &[]),
    ];
    rows.push(
        TransformRow {
            transform_id: "t1".into(),
            run_id: "rb".into(),
            project: PROJECT.into(),
            model_id: Some("m-pipe".into()),
            transformer: "PipelineModel".into(),
            input_dataset_id: Some("test".into()),
            output_dataset_id: Some("scored".into()),
            status: "finished".into(),
            started_at: at(640),
            ..TransformRow::default()
        }
        .into(),
    );
    rows
}

struct Fit<'a> {
    id: &'a str,
    run: &'a str,
    kind: &'a str,
    role: &'a str,
    estimator: &'a str,
    parent: Option<&'a str>,
    params: &'a [(&'a str, &'a str)],
    columns: &'a [&'a str],
    dataset: &'a str,
}

impl Fit<'_> {
    fn rows(&self) -> Vec<Row> {
        let failed = self.id == "m-failed";
        let model = ModelRow {
            model_id: self.id.into(),
            run_id: self.run.into(),
            project: PROJECT.into(),
            experiment: "default".into(),
            parent_model_id: self.parent.map(Into::into),
            kind: self.kind.into(),
            role: self.role.into(),
            estimator: self.estimator.into(),
            uid: format!("{}_uid", self.id),
            problem_type: Some("binary".into()),
            dataset_id: Some(self.dataset.into()),
            feature_columns: texts(&["features"]),
            label_column: Some("churned".into()),
            source_columns: Some(texts(self.columns)),
            params: map(self.params),
            status: if failed { "failed" } else { "finished" }.into(),
            error: failed.then(|| "Boom: größe".into()),
            started_at: at(610),
            duration_ms: Some(12.5),
            ..ModelRow::default()
        };
        let param = |(name, value): &(&str, &str)| {
            ParamRow {
                model_id: self.id.into(),
                run_id: self.run.into(),
                project: PROJECT.into(),
                name: (*name).into(),
                value: (*value).into(),
                value_double: value.parse().ok(),
                is_default: *name == "maxIter",
            }
            .into()
        };
        let params = self.params.iter().map(param);
        std::iter::once(model.into()).chain(params).collect()
    }
}

fn models() -> Vec<Row> {
    let fit = Fit {
        id: "m-pipe",
        run: "rb",
        kind: "pipeline",
        role: "top",
        estimator: "Pipeline",
        parent: None,
        params: &[],
        columns: &["age", "country"],
        dataset: "train",
    };
    let logistic = Fit {
        id: "m-lr",
        kind: "estimator",
        role: "stage",
        estimator: "LogisticRegression",
        parent: Some("m-pipe"),
        params: &[("maxIter", "10"), ("regParam", "0.1")],
        ..fit
    };
    let mut rows = fit.rows();
    rows.extend(logistic.rows());
    rows.extend(
        Fit {
            id: "m-pipe2",
            columns: &["age"],
            ..fit
        }
        .rows(),
    );
    let second = [("maxIter", "20"), ("regParam", "0.1"), ("größe", "🙂")];
    rows.extend(
        Fit {
            id: "m-lr2",
            parent: Some("m-pipe2"),
            params: &second,
            columns: &["age"],
            ..logistic
        }
        .rows(),
    );
    let search = Fit {
        id: "m-search",
        kind: "search",
        estimator: "CrossValidator",
        ..fit
    };
    rows.extend(search.rows());
    let best = Fit {
        id: "m-best",
        role: "best",
        parent: Some("m-search"),
        ..logistic
    };
    rows.extend(best.rows());
    rows.extend(
        Fit {
            id: "m-early",
            run: "ra",
            role: "top",
            parent: None,
            dataset: "raw",
            ..logistic
        }
        .rows(),
    );
    rows.extend(
        Fit {
            id: "m-failed",
            role: "top",
            parent: None,
            ..logistic
        }
        .rows(),
    );
    rows.extend([
        stage("m-pipe", 0, None, "Tokenizer", "text", "words", &[]),
        stage(
            "m-pipe",
            1,
            Some("m-lr"),
            "LogisticRegression",
            "words",
            "p",
            &[("maxIter", "10")],
        ),
        stage("m-pipe2", 0, None, "Tokenizer", "text", "words", &[]),
        stage(
            "m-pipe2",
            1,
            None,
            "Normalizer",
            "words",
            "normal",
            &[("p", "2.0")],
        ),
        stage(
            "m-pipe2",
            2,
            Some("m-lr2"),
            "LogisticRegression",
            "normal",
            "p",
            &[("maxIter", "20")],
        ),
        candidate(0, "0.1", 0.75, false),
        candidate(1, "0.01", 0.5, true),
        candidate(2, "1.0", f64::NAN, false),
    ]);
    rows.extend([
        feature("m-lr", -1, None, Some(0.5), None),
        feature("m-lr", 0, Some("age"), Some(-2.0), Some(0.5)),
        feature("m-lr", 1, Some("country=US"), Some(1.0), Some(0.0)),
        WorkRow {
            operation_id: "m-pipe".into(),
            run_id: "rb".into(),
            project: PROJECT.into(),
            jobs: 3,
            executor_ms: 40,
            ..WorkRow::default()
        }
        .into(),
    ]);
    rows
}

fn stage(
    pipeline: &str,
    index: i64,
    model: Option<&str>,
    class: &str,
    input: &str,
    output: &str,
    params: &[(&str, &str)],
) -> Row {
    StageRow {
        pipeline_model_id: pipeline.into(),
        stage_index: index,
        model_id: model.map(Into::into),
        class: class.into(),
        uid: format!("{class}_{pipeline}"),
        params: map(params),
        input_columns: texts(&[input]),
        output_columns: texts(&[output]),
        run_id: "rb".into(),
        project: PROJECT.into(),
    }
    .into()
}

/// The metric is a loss: less is better.
fn candidate(index: i64, reg_param: &str, mean: f64, is_best: bool) -> Row {
    CandidateRow {
        search_model_id: "m-search".into(),
        candidate_index: index,
        params: map(&[("regParam", reg_param)]),
        metric: Some("logLoss".into()),
        mean: Some(mean),
        fold_values: vec![Some(mean), None],
        is_best,
        run_id: "rb".into(),
        project: PROJECT.into(),
        ..CandidateRow::default()
    }
    .into()
}

fn feature(
    model: &str,
    position: i64,
    name: Option<&str>,
    coefficient: Option<f64>,
    std_error: Option<f64>,
) -> Row {
    FeatureRow {
        model_id: model.into(),
        run_id: "rb".into(),
        project: PROJECT.into(),
        position,
        name: name.map(Into::into),
        source_columns: name
            .map(|name| name.split('=').next().unwrap_or(name).into())
            .into_iter()
            .collect(),
        coefficient,
        std_error,
        slot_count: 2,
        ..FeatureRow::default()
    }
    .into()
}

fn metrics() -> Vec<Row> {
    let metric = |id: &str, model: &str, name: &str, value: f64| MetricRow {
        metric_id: id.into(),
        run_id: "rb".into(),
        project: PROJECT.into(),
        model_id: Some(model.into()),
        dataset_id: Some("scored".into()),
        name: name.into(),
        value,
        larger_is_better: Some(name != "rmse" && name != "logLoss"),
        source: "evaluator".into(),
        recorded_at: at(700),
        ..MetricRow::default()
    };
    let mut rows: Vec<Row> = vec![
        metric("e1", "m-pipe", "auc", 0.8).into(),
        metric("e2", "m-pipe2", "auc", 0.9).into(),
        metric("e3", "m-early", "auc", f64::NAN).into(),
        metric("e4", "m-pipe", "rmse", 0.5).into(),
        metric("e5", "m-pipe2", "rmse", 0.75).into(),
        metric("e6", "m-best", "rmse", f64::INFINITY).into(),
        MetricRow {
            slice: Some("(country = 'US')".into()),
            ..metric("e7", "m-pipe", "auc", 0.95)
        }
        .into(),
        MetricRow {
            recorded_at: at(800),
            ..metric("e8", "m-pipe", "auc", 0.85)
        }
        .into(),
        MetricRow {
            source: "search".into(),
            candidate_index: Some(0),
            ..metric("e9", "m-search", "logLoss", 0.75)
        }
        .into(),
    ];
    let history = [0.9, 0.5, 0.45, 0.4495];
    rows.extend(history.iter().enumerate().map(|(step, value)| {
        MetricRow {
            source: "training".into(),
            step: Some(step as i64),
            dataset_id: Some("train".into()),
            larger_is_better: Some(false),
            ..metric(&format!("h{step}"), "m-lr", "objectiveHistory", *value)
        }
        .into()
    }));
    rows
}

/// Six rows of `test`, scored by both pipelines.
async fn scored(store: &Store) -> Vec<Row> {
    let ids = ["r1", "r2", "r3", "r4", "r5", "r6"];
    let countries = ["US", "US", "US", "DE", "DE", "größe"];
    let ages = [20.0, 30.0, 40.0, 20.0, 30.0, 40.0];
    let columns: [(&str, ArrayRef, bool); 3] = [
        (
            samples::ROW_ID,
            Arc::new(StringArray::from(ids.to_vec())),
            false,
        ),
        (
            "country",
            Arc::new(StringArray::from(countries.to_vec())),
            true,
        ),
        ("age", Arc::new(Float64Array::from(ages.to_vec())), true),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let mut rows: Vec<Row> = vec![
        SampleRow {
            sample_id: "s1".into(),
            dataset_id: "test".into(),
            run_id: "rb".into(),
            project: PROJECT.into(),
            role: "test".into(),
            method: "lowest-hash".into(),
            uri: samples::keep(store, &batch).await.unwrap(),
            row_count: 6,
            sampled_at: at(640),
            ..SampleRow::default()
        }
        .into(),
    ];
    let labels = [1.0, 0.0, 1.0, 1.0, 0.0, 0.0];
    let first = [0.9, 0.2, 0.8, 0.3, 0.4, 0.6];
    let second = [0.9, 0.6, 0.4, 0.7, 0.1, 0.2];
    for (model, chances) in [("m-pipe", first), ("m-pipe2", second)] {
        rows.extend(
            ids.iter()
                .zip(labels)
                .zip(chances)
                .map(|((id, label), chance)| {
                    PredictionRow {
                        model_id: model.into(),
                        dataset_id: "test".into(),
                        run_id: "rb".into(),
                        project: PROJECT.into(),
                        row_id: (*id).into(),
                        label: Some(label),
                        prediction: Some(f64::from(u8::from(chance > 0.5))),
                        probability: Some(vec![1.0 - chance, chance]),
                    }
                    .into()
                }),
        );
    }
    rows
}

fn said() -> Vec<Row> {
    let attribute = |key: &str, value: &str, seconds: i64| {
        AttributeRow {
            target_kind: "model".into(),
            target_id: "m-pipe".into(),
            key: key.into(),
            value: value.into(),
            value_double: value.parse().ok(),
            run_id: Some("rb".into()),
            project: Some(PROJECT.into()),
            recorded_at: at(seconds),
        }
        .into()
    };
    let action = |sequence: i64, kind: &str, state: &str, parents: &[&str]| {
        ActionRow {
            action_id: format!("a{sequence}"),
            run_id: "rb".into(),
            project: PROJECT.into(),
            sequence,
            kind: kind.into(),
            subject_id: format!("subject {sequence}"),
            status: "finished".into(),
            state_id: state.into(),
            parent_state_ids: texts(parents),
            occurred_at: at(600 + sequence),
        }
        .into()
    };
    vec![
        AnnotationRow {
            annotation_id: "n1".into(),
            run_id: Some("rb".into()),
            project: Some(PROJECT.into()),
            target_kind: "model".into(),
            target_id: "m-pipe".into(),
            author: Some("ada".into()),
            text: "leaks \"age\", größe 🙂".into(),
            created_at: at(800),
        }
        .into(),
        attribute("stage", "draft", 700),
        attribute("stage", "production", 800),
        attribute("score.business", "1.5", 700),
        action(1, "read", "s-a", &[]),
        action(2, "fit", "s-b", &["s-a"]),
        action(3, "fit", "s-c", &["s-a"]),
    ]
}
