//! What the tests of an open warehouse share.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

pub mod faulty;
pub mod simulated;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::Array;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use futures::TryStreamExt;
use modeldb_warehouse::event::*;
use modeldb_warehouse::*;

pub const HOUR: Duration = Duration::from_secs(3600);

pub fn settings(dir: &Path) -> Settings {
    Settings {
        location: dir.display().to_string(),
        journal: None,
        fold_interval: HOUR,
        abandon_after: HOUR,
        lease_term: Duration::from_millis(400),
        artifacts_max_bytes: 1 << 20,
        maintenance: MaintenanceSettings::default(),
    }
}

pub async fn open(dir: &Path) -> (Arc<Warehouse>, Tasks) {
    let clock = Arc::new(SystemClock);
    let opened = Warehouse::open(&settings(dir), clock, Arc::new(SystemEntropy)).await;
    opened.expect("an open warehouse")
}

pub fn producer(name: &str) -> Producer {
    Producer {
        id: ProducerId::parse(name).expect("an id"),
        kind: "test".into(),
        version: "1".into(),
    }
}

/// A batch with one run, `fits` finished fits and one that is left open.
pub fn batch(name: &str, seq: u64, fits: u64) -> Batch {
    let run = RunId::parse(&format!("run-of-{name}")).expect("an id");
    let event = |what| Event {
        run: run.clone(),
        at: Micros(1_700_000_000_000_000 + seq as i64),
        what,
    };
    let start = |operation| {
        event(Happening::FitStarted(Box::new(FitStarted {
            operation,
            parent: 0,
            kind: FitKind::Estimator,
            estimator: Component {
                class: "org.example.Estimator".into(),
                uid: format!("est_{operation}"),
                params: vec![Param {
                    name: "maxIter".into(),
                    value: Value::Integer(seq as i64),
                    is_default: false,
                }],
                stages: Vec::new(),
                columns: None,
            },
            dataset: 1,
            candidates: Vec::new(),
            thread: 0,
            source_columns: None,
            place: None,
        })))
    };
    let end = |operation| {
        event(Happening::FitEnded(FitEnded {
            operation,
            duration_us: 5,
            failure: None,
            model_class: Some("org.example.Model".into()),
            ..FitEnded::default()
        }))
    };
    let mut events = Vec::new();
    if seq == 1 {
        events.push(event(Happening::RunStarted(Box::new(RunStarted {
            project: "tests".into(),
            experiment: "default".into(),
            name: name.into(),
            ..RunStarted::default()
        }))));
    }
    for fit in 0..fits {
        let operation = seq * 1_000_000 + fit + 1;
        events.extend([start(operation), end(operation)]);
    }
    events.push(start(seq * 1_000_000));
    Batch {
        producer: producer(name),
        seq: Seq(seq),
        received_at: Micros(5),
        events,
    }
}

pub async fn push(warehouse: &Warehouse, name: &str, seq: u64, fits: u64) -> Ack {
    let pushed = warehouse
        .push(&Access::everything(), batch(name, seq, fits), Seq(seq - 1))
        .await;
    pushed.expect("an ack")
}

/// The values of a text column of a relation, as SQL would show them, sorted.
pub async fn column(source: &dyn Source, relation: Relation, name: &str) -> Vec<String> {
    try_column(source, relation, name).await.expect("rows")
}

/// The same where the store may fail.
pub async fn try_column(
    source: &dyn Source,
    relation: Relation,
    name: &str,
) -> std::result::Result<Vec<String>, Box<dyn std::error::Error>> {
    let view = source.view(&Access::everything()).await?;
    let view = view
        .relations
        .into_iter()
        .find(|view| view.relation == relation)
        .expect("there");
    let (_, stream) = view.table.clone().scan_table().await?;
    let stored: Vec<_> = stream.try_collect().await?;
    let mut values = Vec::new();
    for (batch, is_stored) in stored
        .iter()
        .map(|b| (b, true))
        .chain(view.hot.iter().map(|b| (b, false)))
    {
        let text = |column: &str| {
            let column = batch.column_by_name(column).expect("a column");
            let column = cast(column, &DataType::Utf8).expect("text");
            let column = column
                .as_any()
                .downcast_ref::<arrow::array::StringArray>()
                .expect("text");
            column
                .iter()
                .map(|value| value.unwrap_or("null").to_owned())
                .collect::<Vec<_>>()
        };
        let keys = relation.key().map(text);
        for (index, value) in text(name).into_iter().enumerate() {
            let superseded = keys
                .as_ref()
                .is_some_and(|keys| is_stored && view.replaced.contains(&keys[index]));
            if !superseded {
                values.push(value);
            }
        }
    }
    values.sort();
    Ok(values)
}

/// A whole run: so many finished fits with a prediction each, and a sample of their data.
pub fn run(name: &str, project: &str, fits: u64, sample: &str, at: Micros) -> Batch {
    let mut batch = batch(name, 1, fits);
    let run = batch.events[0].run.clone();
    if let Happening::RunStarted(started) = &mut batch.events[0].what {
        started.project = project.into();
    }
    let sampled = Happening::Sampled(Box::new(Sampled {
        dataset: 1,
        role: "train".into(),
        uri: sample.into(),
        row_count: 1,
        ..Sampled::default()
    }));
    let mut events = vec![sampled];
    for fit in 1..=fits {
        events.push(Happening::PredictionsSampled(Box::new(
            PredictionsSampled {
                model: 1_000_000 + fit,
                dataset: 1,
                row_ids: vec![format!("row-{fit}")],
                ..PredictionsSampled::default()
            },
        )));
    }
    events.push(Happening::RunEnded(RunEnded { failure: None }));
    let event = |what| Event {
        run: run.clone(),
        at,
        what,
    };
    batch.events.extend(events.into_iter().map(event));
    for event in &mut batch.events {
        event.at = at;
    }
    batch
}

/// The run also saves its first model, of which a copy came into the warehouse.
pub fn with_copy(mut batch: Batch, digest: &str) -> Batch {
    let saved = Happening::Saved(Box::new(Saved {
        operation: 9_000_000,
        model: 1_000_001,
        uri: "file:///models/first".into(),
        bytes: 1,
        sha256: Some(digest.into()),
        ..Saved::default()
    }));
    let last = batch.events.len() - 1;
    let event = Event {
        what: saved,
        ..batch.events[last].clone()
    };
    batch.events.insert(last, event);
    batch
}

pub async fn reader(dir: &Path) -> Reader {
    let location = dir.display().to_string();
    Reader::open(&location, Arc::new(SystemClock))
        .await
        .expect("a reader")
}

pub async fn deliver(warehouse: &Warehouse, batch: Batch) {
    let pushed = warehouse.push(&Access::everything(), batch, Seq(0)).await;
    pushed.expect("an ack");
}

pub async fn sample(warehouse: &Warehouse, row: &str) -> String {
    let ids: arrow::array::ArrayRef = Arc::new(arrow::array::StringArray::from(vec![row]));
    let rows = arrow::array::RecordBatch::try_from_iter([("row_id", ids)]).expect("rows");
    let kept = warehouse.keep_sample(&Access::everything(), &rows).await;
    kept.expect("kept")
}

pub async fn files_of(source: &dyn Source, relation: Relation) -> u64 {
    let view = source.view(&Access::everything()).await.expect("a view");
    let mut views = view.relations.iter();
    let view = views.find(|v| v.relation == relation).expect("there");
    let status = relation_status(relation, &view.table, 0).expect("a status");
    status.files
}

pub async fn count(source: &dyn Source, relation: Relation) -> usize {
    column(source, relation, "project").await.len()
}

pub fn distinct(values: &[String]) -> usize {
    values
        .iter()
        .collect::<std::collections::BTreeSet<_>>()
        .len()
}
