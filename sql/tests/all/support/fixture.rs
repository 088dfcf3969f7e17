//! A small warehouse in a directory: some rows in Delta tables, over several
//! commits, others hot, some replaced.

#[path = "meta.rs"]
mod meta;
#[path = "sampled.rs"]
mod sampled;

use std::path::Path;

use async_trait::async_trait;
use deltalake::DeltaTable;
use deltalake::operations::create::CreateBuilder;
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use modeldb_warehouse::row::{
    self, ArtifactRow, Bytes, CandidateRow, Capture, DatasetRow, MetricRow, ModelRow, ParamRow,
    ProjectRow, Row, RunRow, TextMap, UnknownEventRow,
};
use modeldb_warehouse::{Access, Micros, Relation, RelationView, Result, Source, Store, View};

/// 2026-05-03T10:00:00Z.
const NOON: i64 = 1_777_802_400_000_000;

/// The view that every query of a test reads.
#[derive(Debug)]
pub(crate) struct Fixture(View);

#[async_trait]
impl Source for Fixture {
    async fn view(&self, access: &Access) -> Result<View> {
        let mut view = self.0.clone();
        view.relations.retain(|view| access.may_read(view.relation));
        Ok(view)
    }
}

impl Fixture {
    /// By the name of a directory of `.slt` files.
    pub(crate) async fn named(name: &str, directory: &Path) -> Self {
        match name {
            "empty" => Self::empty(directory).await,
            "full" => Self::full(directory).await,
            "meta" => {
                let rows = meta::rows(&store(directory)).await;
                Self::of(directory, &[rows], &[]).await
            }
            other => panic!("no fixture is called {other}"),
        }
    }

    async fn empty(directory: &Path) -> Self {
        let mut relations = Vec::new();
        for relation in Relation::ALL {
            // A table without files, and one that was never created.
            let table = if relation == Relation::Params {
                DeltaTable::new_in_memory()
            } else {
                create(relation, directory).await
            };
            relations.push(view(relation, table));
        }
        Self(View {
            objects: store(directory).objects().clone(),
            relations,
        })
    }

    async fn full(directory: &Path) -> Self {
        let (sampled, sampled_hot) = sampled::rows(&store(directory)).await;
        let [first, second] = commits();
        let commits = [first, second, sampled];
        Self::of(directory, &commits, &[hot(), sampled_hot].concat()).await
    }

    /// Of what is in the tables, commit by commit, and what is not yet.
    async fn of(directory: &Path, commits: &[Vec<Row>], hot: &[Row]) -> Self {
        let mut relations = Vec::new();
        for relation in Relation::ALL {
            let mut table = create(relation, directory).await;
            for commit in commits {
                let rows: Vec<&Row> = of(relation, commit);
                if rows.is_empty() {
                    continue;
                }
                let mut writer = RecordBatchWriter::for_table(&table).unwrap();
                let batch = row::to_batch(relation, rows).unwrap();
                writer.write(batch).await.unwrap();
                writer.flush_and_commit(&mut table).await.unwrap();
            }
            let rows = of(relation, hot);
            let mut view = view(relation, table);
            view.replaced = rows
                .iter()
                .filter_map(|row| row.key())
                .map(Into::into)
                .collect();
            if !rows.is_empty() {
                view.hot = vec![row::to_batch(relation, rows).unwrap()];
            }
            relations.push(view);
        }
        Self(View {
            objects: store(directory).objects().clone(),
            relations,
        })
    }
}

fn store(directory: &Path) -> Store {
    Store::open(directory.to_str().unwrap(), true).unwrap()
}

fn view(relation: Relation, table: DeltaTable) -> RelationView {
    RelationView {
        relation,
        table,
        hot: Vec::new(),
        replaced: Default::default(),
    }
}

fn of(relation: Relation, rows: &[Row]) -> Vec<&Row> {
    rows.iter()
        .filter(|row| row.relation() == relation)
        .collect()
}

async fn create(relation: Relation, directory: &Path) -> DeltaTable {
    CreateBuilder::new()
        .with_location(directory.join(relation.name()).to_str().unwrap())
        .with_columns(relation.delta_fields())
        .await
        .unwrap()
}

fn commits() -> [Vec<Row>; 2] {
    let first = vec![
        project("iris", "flowers"),
        project("churn", "before"),
        run("r1", "iris", "finished", 0),
        run("r2", "churn", "running", 60),
        model(
            "m1",
            "r1",
            "LogisticRegression",
            &[("maxIter", "10"), ("regParam", "0.1")],
        ),
        param("m1", "maxIter", "10", Some(10.0)),
        param("m1", "regParam", "0.1", Some(0.1)),
        metric("m1", "accuracy", 0.91, None),
        metric("m1", "loss", f64::NAN, Some(0)),
        dataset("d1", "r1"),
    ];
    let mut second = vec![
        model("m2", "r1", "RandomForest", &[("numTrees", "20")]),
        param("m2", "numTrees", "20", Some(20.0)),
        param("m2", "features", "größe, \"Länge\" 🙂", None),
        metric("m2", "accuracy", 0.875, None),
        metric("m2", "gain", f64::INFINITY, None),
        metric("m2", "gain", f64::NEG_INFINITY, None),
        UnknownEventRow {
            event_id: "e1".into(),
            run_id: "r1".into(),
            project: "iris".into(),
            kind: 99,
            payload: Bytes(vec![0, 255, 7]),
            occurred_at: Micros(NOON),
        }
        .into(),
    ];
    second.extend([
        candidate(0, &[Some(0.5), Some(0.75)], true),
        candidate(1, &[Some(0.25), None], false),
        ArtifactRow {
            artifact_id: "f1".into(),
            model_id: Some("m1".into()),
            run_id: "r1".into(),
            project: "iris".into(),
            uri: "s3://a/models/m1".into(),
            format: Some("spark-ml".into()),
            status: "finished".into(),
            saved_at: Micros(NOON),
            ..ArtifactRow::default()
        }
        .into(),
    ]);
    second.extend((1..=100).map(|step| {
        let value = 1.0 / f64::from(step);
        metric("m1", "loss", value, Some(i64::from(step)))
    }));
    [first, second]
}

fn hot() -> Vec<Row> {
    vec![
        project("churn", "after"),
        run("r2", "churn", "failed", 60),
        run("r3", "churn", "running", 120),
        model("m3", "r3", "LogisticRegression", &[("maxIter", "50")]),
        param("m3", "maxIter", "50", Some(50.0)),
        metric("m3", "accuracy", 0.5, None),
    ]
}

fn project(name: &str, description: &str) -> Row {
    ProjectRow {
        project: name.into(),
        description: Some(description.into()),
        tags: TextMap::from([("team".into(), "größe".into())]),
        created_at: Micros(NOON),
        updated_at: Micros(NOON),
        ..ProjectRow::default()
    }
    .into()
}

fn run(run_id: &str, project: &str, status: &str, seconds: i64) -> Row {
    RunRow {
        run_id: run_id.into(),
        project: project.into(),
        experiment: "default".into(),
        name: format!("run {run_id}"),
        status: status.into(),
        capture: Capture {
            mode: Some("agent".into()),
            not_captured: [("sampled".to_owned(), 3)].into(),
        },
        started_at: Micros(NOON + seconds * 1_000_000 + 123_456),
        ended_at: (status != "running").then_some(Micros(NOON + 3_600_000_000)),
        ..RunRow::default()
    }
    .into()
}

fn model(model_id: &str, run_id: &str, estimator: &str, params: &[(&str, &str)]) -> Row {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    ModelRow {
        model_id: model_id.into(),
        run_id: run_id.into(),
        project: "iris".into(),
        kind: "estimator".into(),
        role: "top".into(),
        estimator: estimator.into(),
        feature_columns: vec!["petal".into(), "sepal".into()],
        params: params.iter().map(owned).collect(),
        status: "finished".into(),
        started_at: Micros(NOON),
        duration_ms: Some(12.5),
        ..ModelRow::default()
    }
    .into()
}

fn param(model_id: &str, name: &str, value: &str, value_double: Option<f64>) -> Row {
    ParamRow {
        model_id: model_id.into(),
        run_id: "r1".into(),
        project: "iris".into(),
        name: name.into(),
        value: value.into(),
        value_double,
        is_default: false,
    }
    .into()
}

fn metric(model_id: &str, name: &str, value: f64, step: Option<i64>) -> Row {
    MetricRow {
        metric_id: format!("{model_id}-{name}-{}-{value}", step.unwrap_or(-1)),
        run_id: "r1".into(),
        project: "iris".into(),
        model_id: Some(model_id.into()),
        name: name.into(),
        value,
        step,
        source: "evaluator".into(),
        recorded_at: Micros(NOON),
        ..MetricRow::default()
    }
    .into()
}

fn dataset(dataset_id: &str, run_id: &str) -> Row {
    DatasetRow {
        dataset_id: dataset_id.into(),
        run_id: run_id.into(),
        project: "iris".into(),
        source_uris: vec!["s3://a/b c.csv".into()],
        row_count: Some(150),
        created_at: Micros(NOON),
        ..DatasetRow::default()
    }
    .into()
}

fn candidate(index: i64, fold_values: &[Option<f64>], is_best: bool) -> Row {
    let known: Option<Vec<f64>> = fold_values.iter().copied().collect();
    CandidateRow {
        search_model_id: "m1".into(),
        candidate_index: index,
        params: TextMap::from([("regParam".into(), format!("0.{index}"))]),
        metric: Some("areaUnderROC".into()),
        mean: known.map(|known| known.iter().sum::<f64>() / known.len() as f64),
        fold_values: fold_values.to_vec(),
        is_best,
        run_id: "r1".into(),
        project: "iris".into(),
        ..CandidateRow::default()
    }
    .into()
}
