//! Warehouses of older versions: `older/<version>.tar.gz`, each left by the program of
//! that version with rows in its tables, rows in its journal only, and an open fit.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use crate::support::*;
use modeldb_warehouse::event::*;
use modeldb_warehouse::*;

fn unpack(version: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let archive = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/older")
        .join(format!("{version}.tar.gz"));
    let unpacked = Command::new("tar")
        .args(["-x", "-z", "-f"])
        .args([&archive, Path::new("-C"), directory.path()])
        .status();
    assert!(unpacked.expect("tar").success());
    directory
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_nobody_has_opened_since_can_be_read() {
    let dir = unpack("0.1");
    let reader = reader(dir.path()).await;
    let models = column(&reader, Relation::Models, "status").await;
    assert_eq!(models, ["finished", "running"]);
    assert_eq!(column(&reader, Relation::Metrics, "value").await, ["0.75"]);
    let view = reader.view(&Access::everything()).await.expect("a view");
    assert_eq!(view.relations.len(), Relation::ALL.len());
    for view in view.relations {
        relation_status(view.relation, &view.table, 0).expect("a status");
        // A relation of a later version has no table, and none of its rows is hot.
        if view.table.version().is_none() {
            assert!(view.hot.is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_opened_and_gets_the_columns_and_tables_that_it_lacks() {
    let dir = unpack("0.1");
    let (warehouse, tasks) = open(dir.path()).await;
    let models = column(warehouse.as_ref(), Relation::Models, "status").await;
    assert_eq!(models, ["finished", "running"]);
    let run = RunId::parse("run-of-old").expect("an id");
    let what = [
        Happening::ModelLearnt(Box::new(ModelLearnt {
            operation: 1,
            features: vec![Feature::default()],
            ..ModelLearnt::default()
        })),
        Happening::WorkDone(WorkDone {
            operation: 2,
            jobs: 7,
            ..WorkDone::default()
        }),
        Happening::RunEnded(RunEnded { failure: None }),
    ];
    let event = |what| Event {
        run: run.clone(),
        at: Micros(1_700_000_100_000_000),
        what,
    };
    let batch = Batch {
        producer: producer("producer-of-old"),
        seq: Seq(3),
        received_at: Micros(5),
        events: what.into_iter().map(event).collect(),
    };
    let everything = Access::everything();
    warehouse
        .push(&everything, batch, Seq(2))
        .await
        .expect("an ack");
    let mut new = crate::support::batch("newcomer", 1, 1);
    let Happening::RunStarted(started) = &mut new.events[0].what else {
        panic!("{new:?}");
    };
    started.attached_by = Some("self".into());
    warehouse
        .push(&everything, new, Seq(0))
        .await
        .expect("an ack");
    for _ in 0..2 {
        let source = warehouse.as_ref();
        let models = column(source, Relation::Models, "status").await;
        assert_eq!(models, ["abandoned", "finished", "finished", "running"]);
        let features = column(source, Relation::Features, "model_id").await;
        assert_eq!(
            features,
            [derived_id("m", &producer("producer-of-old").id, &[1])]
        );
        let work = column(source, Relation::Work, "operation_id").await;
        assert_eq!(
            work,
            [derived_id("m", &producer("producer-of-old").id, &[2])]
        );
        let runs = column(source, Relation::Runs, "attached_by").await;
        assert_eq!(runs, ["null", "self"]);
        warehouse.fold().await.expect("folded");
    }
    tasks.finish(&warehouse).await.expect("closed");
    // Opened again there is nothing to add.
    let versions = |status: Status| status.relations.iter().map(|r| r.version).sum::<u64>();
    let (warehouse, tasks) = open(dir.path()).await;
    let before = versions(warehouse.status().await.expect("a status"));
    tasks.finish(&warehouse).await.expect("closed");
    let (warehouse, tasks) = open(dir.path()).await;
    let after = versions(warehouse.status().await.expect("a status"));
    assert_eq!(before, after);
    tasks.finish(&warehouse).await.expect("closed");
}

/// Tables that it does not have yet are not missed.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_nobody_has_opened_since_is_maintained_and_published() {
    let dir = unpack("0.1");
    let location = dir.path().to_str().expect("a path");
    let maintenance = Maintenance::open(location, Arc::new(SystemClock)).await;
    let maintenance = maintenance.expect("a maintenance");
    let settings = MaintenanceSettings::default();
    let mut told = |_| {};
    let done = maintenance.run(&settings, false, &mut told).await;
    done.expect("maintained");
    let mut copies = 0;
    let mut count = |step| copies += usize::from(matches!(step, Step::Publication(_)));
    maintenance.publish(&mut count).await.expect("published");
    assert!((1..Relation::ALL.len()).contains(&copies), "{copies}");
}
