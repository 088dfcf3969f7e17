//! Upkeep of a warehouse on an object store, beside its agents.

use std::sync::Arc;
use std::time::Duration;

use crate::support::*;
use futures::TryStreamExt;
use modeldb_warehouse::*;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn objects() -> Arc<dyn ObjectStore> {
    Arc::new(InMemory::new())
}

fn store(objects: &Arc<dyn ObjectStore>) -> Store {
    Store::from_objects("memory:///team/models", objects.clone()).expect("a store")
}

fn often() -> Settings {
    let mut settings = settings(std::path::Path::new("unused"));
    settings.fold_interval = Duration::from_millis(100);
    // Longer than a busy machine lets any task wait: who has the lease is not what is tested here.
    settings.lease_term = Duration::from_secs(2);
    settings
}

async fn agent(objects: &Arc<dyn ObjectStore>, settings: &Settings) -> (Arc<Warehouse>, Tasks) {
    let clock = Arc::new(SystemClock);
    let opened = Warehouse::open_at(store(objects), settings, clock, Arc::new(SystemEntropy));
    opened.await.expect("an open warehouse")
}

/// As `modeldb maintain` opens it, so many days from now.
async fn session(objects: &Arc<dyn ObjectStore>, days: u32) -> Session {
    let clock = ManualClock::at(SystemClock.now());
    clock.advance(DAY * days);
    let (store, settings) = (store(objects), often());
    let opened = Session::open_at(store, &settings, clock, Arc::new(SystemEntropy));
    opened.await.expect("a session")
}

async fn maintain(objects: &Arc<dyn ObjectStore>, days: u32) -> Vec<Step> {
    let session = session(objects, days).await;
    let mut steps = Vec::new();
    let mut tell = |step| steps.push(step);
    let settings = MaintenanceSettings::default();
    let done = session.maintenance().run(&settings, false, &mut tell).await;
    done.expect("maintained");
    session.end().await.expect("ended");
    steps
}

/// Reads the object store, and asks no agent.
async fn reader(objects: &Arc<dyn ObjectStore>) -> Reader {
    let reader = Reader::open_at(store(objects), Arc::new(SystemClock)).await;
    reader.expect("a reader")
}

async fn folds(warehouse: &Warehouse) -> bool {
    let status = warehouse.status().await.expect("a status");
    status.folds.holds_lease
}

async fn until(what: &str, is: impl AsyncFn() -> bool) {
    for _ in 0..600 {
        if is().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it did not happen in 30 s: {what}");
}

async fn one_folds(agents: &[(Arc<Warehouse>, Tasks)]) {
    until("one of them folds", async || {
        for (warehouse, _) in agents {
            if folds(warehouse).await {
                return true;
            }
        }
        false
    })
    .await;
}

async fn exists(objects: &Arc<dyn ObjectStore>, path: &str) -> bool {
    let path = format!("team/models/{path}");
    objects.head(&path.as_str().into()).await.is_ok()
}

/// Parquet files in the directory of `models`.
async fn data_files(objects: &Arc<dyn ObjectStore>) -> usize {
    let directory = "team/models/models".into();
    let listed = objects.list_with_delimiter(Some(&directory)).await;
    let paths = listed.expect("listed").objects.into_iter();
    paths
        .filter(|object| object.location.as_ref().ends_with(".parquet"))
        .count()
}

const WRITERS: usize = 3;
const BATCHES: usize = 20;

/// Every model is there once, at any moment: what is pushed only grows.
async fn grows(source: &dyn Source, at_least: usize) -> usize {
    let ids = column(source, Relation::Models, "model_id").await;
    assert_eq!(distinct(&ids), ids.len(), "each model once");
    assert!(ids.len() >= at_least, "{} of {at_least}", ids.len());
    ids.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_write_and_others_read_while_it_is_maintained() {
    let objects = objects();
    let mut agents = Vec::new();
    for _ in 0..WRITERS {
        agents.push(agent(&objects, &often()).await);
    }
    let writers = agents.iter().enumerate().map(|(index, (warehouse, _))| {
        let warehouse = warehouse.clone();
        tokio::spawn(async move {
            for seq in 1..=BATCHES as u64 {
                push(&warehouse, &format!("producer-{index}"), seq, 2).await;
                tokio::time::sleep(Duration::from_millis(60)).await;
            }
        })
    });
    let writing = futures::future::join_all(writers.collect::<Vec<_>>());
    let reading = {
        let (reader, warehouse) = (reader(&objects).await, agents[1].0.clone());
        tokio::spawn(async move {
            let (mut outside, mut inside) = (0, 0);
            loop {
                outside = grows(&reader, outside).await;
                inside = grows(warehouse.as_ref(), inside).await;
            }
        })
    };
    let maintaining = async {
        let compacted = |step: &Step| matches!(step, Step::Compaction(Relation::Models, _));
        let mut steps = Vec::new();
        // There is nothing to compact until the writers got somewhere.
        for round in 1.. {
            steps.extend(maintain(&objects, 0).await);
            if round >= 3 && steps.iter().any(compacted) {
                break;
            }
            assert!(round < 30, "nothing to compact: {steps:?}");
            // Else the lease would be taken again before an agent has folded anything.
            one_folds(&agents).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let (written, ()) = futures::future::join(writing, maintaining).await;
    for end in written {
        end.expect("a writer");
    }
    reading.abort();
    let end = reading.await.expect_err("it reads without end");
    assert!(end.is_cancelled(), "what was read was wrong: {end}");

    // An agent folds again, of itself.
    one_folds(&agents).await;
    let all = 3 * WRITERS * BATCHES;
    for (warehouse, _) in &agents {
        until("all rows are seen", async || {
            grows(warehouse.as_ref(), 0).await == all
        })
        .await;
    }
    assert_eq!(grows(&reader(&objects).await, 0).await, all);
    for (warehouse, tasks) in agents {
        tasks.finish(&warehouse).await.expect("closed");
    }

    // What there is when nobody writes any more.
    maintain(&objects, 0).await;
    let reader = reader(&objects).await;
    assert_eq!(files_of(&reader, Relation::Models).await, 1);
    assert!(data_files(&objects).await > 1, "others may still read them");
    // Old: nothing of what a reader begins with is gone.
    maintain(&objects, 8).await;
    assert_eq!(data_files(&objects).await, 1);
    assert_eq!(grows(&reader, 0).await, all);
    let (warehouse, tasks) = agent(&objects, &often()).await;
    assert_eq!(grows(warehouse.as_ref(), 0).await, all);
    tasks.finish(&warehouse).await.expect("closed");
    assert_eq!(maintain(&objects, 8).await, []);
}

/// Even of a warehouse into which nothing is folded any more.
#[tokio::test(flavor = "multi_thread")]
async fn who_folds_compacts_and_readers_begin_with_that() {
    let objects = objects();
    let mut settings = settings(std::path::Path::new("unused"));
    settings.maintenance.upkeep.compact_files = 4;
    let (first, first_tasks) = agent(&objects, &settings).await;
    let (second, second_tasks) = agent(&objects, &settings).await;
    for seq in 1..=22 {
        push(&second, "producer-a", seq, 2).await;
        first.fold().await.expect("folded");
    }
    let reader = reader(&objects).await;
    until("files are merged", async || {
        files_of(&reader, Relation::Models).await <= 9
    })
    .await;
    until("a checkpoint is made", async || {
        exists(&objects, "models/_delta_log/_last_checkpoint").await
    })
    .await;
    for source in [&reader as &dyn Source, first.as_ref(), second.as_ref()] {
        until("all rows are seen", async || {
            grows(source, 0).await == 22 * 3
        })
        .await;
    }
    first_tasks.finish(&first).await.expect("closed");
    second_tasks.finish(&second).await.expect("closed");
}

/// One event, which becomes one row of `unknown_events` and of no other table.
fn event(seq: u64) -> event::Batch {
    let mut batch = batch("producer-a", seq, 0);
    batch.events.truncate(1);
    batch.events[0].what = event::Happening::Unknown(event::Unknown {
        kind: 99,
        payload: Vec::new(),
    });
    batch
}

/// Log entries go, and whoever opens the tables finds what there is.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_log_is_cleaned() {
    let objects = objects();
    let mut settings = settings(std::path::Path::new("unused"));
    settings.maintenance.upkeep.log_retention = Duration::from_millis(1);
    let (warehouse, tasks) = agent(&objects, &settings).await;
    let folds = limits::MIN_LOG_VERSIONS + limits::LOG_CLEAN_VERSIONS + 20;
    for seq in 1..=folds {
        let everything = Access::everything();
        let pushed = warehouse.push(&everything, event(seq), Seq(seq - 1));
        pushed.await.expect("an ack");
        warehouse.fold().await.expect("folded");
    }
    let log = "unknown_events/_delta_log";
    until("the log is cleaned", async || {
        !exists(&objects, &format!("{log}/{:020}.json", 1)).await
    })
    .await;
    let prefix = object_store::path::Path::from(format!("team/models/{log}"));
    let left: Vec<_> = { objects.list(Some(&prefix)) }
        .try_collect()
        .await
        .expect("listed");
    assert!(left.len() > limits::MIN_LOG_VERSIONS as usize);
    let events = async |source: &dyn Source| {
        let ids = column(source, Relation::UnknownEvents, "event_id").await;
        assert_eq!(distinct(&ids), ids.len(), "each event once");
        ids.len() as u64
    };
    assert_eq!(events(&reader(&objects).await).await, folds);
    tasks.abort().await;
    let (other, tasks) = agent(&objects, &settings).await;
    assert_eq!(events(other.as_ref()).await, folds);
    tasks.finish(&other).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn deletion_removes_rows_for_everybody_and_what_only_they_named() {
    let objects = objects();
    // Nothing is folded but by who deletes.
    let settings = settings(std::path::Path::new("unused"));
    let (first, first_tasks) = agent(&objects, &settings).await;
    let (second, second_tasks) = agent(&objects, &settings).await;
    let shared = sample(&first, "shared").await;
    let own = sample(&second, "own").await;
    let now = SystemClock.now();
    deliver(&first, run("producer-a", "tests", 3, &shared, now)).await;
    deliver(&second, run("producer-b", "tests", 2, &shared, now)).await;
    let other = run("producer-c", "other", 2, &own, now);
    deliver(&second, with_copy(other, "11")).await;
    let copy = ["artifacts/_files/11/x", "artifacts/_files/11.manifest"];
    for path in copy {
        let path = format!("team/models/{path}").as_str().into();
        objects.put(&path, "x".into()).await.expect("written");
    }
    push(&first, "producer-d", 1, 1).await;
    assert!(folds(&first).await);
    let holder = first.status().await.expect("a status").agent;

    // From outside only with the lease.
    let outside = Maintenance::open_at(store(&objects), Arc::new(SystemClock)).await;
    let run_a = Target::Run("run-of-producer-a".into());
    let refused =
        { outside.expect("open").delete(&run_a, false, false).await }.expect_err("it has no lease");
    assert!(refused.to_string().contains("lease"), "{refused}");

    let session = session(&objects, 0).await;
    assert_eq!(session.gave_way(), Some(&holder));
    let deleting = session.maintenance();
    // Of two that are going on, none is cut in half.
    let open = Target::Run("run-of-producer-d".into());
    let refused = deleting.delete(&open, false, false).await;
    assert!(matches!(refused, Err(Error::Behind(_))), "{refused:?}");
    let done = deleting
        .delete(&run_a, false, false)
        .await
        .expect("deleted");
    assert!(
        done.rows.contains(&(Relation::Predictions, 3)),
        "what was in a journal only, too: {done:?}"
    );
    assert_eq!(done.samples, Gone::default(), "another run names it");
    let other = Target::Project("other".into());
    let done = deleting.delete(&other, true, false).await.expect("deleted");
    assert_eq!(done.samples.objects, 1, "{done:?}");
    assert!(done.data_files.objects > 0, "{done:?}");
    assert_eq!(done.artifacts.objects, 2, "{done:?}");
    assert!(exists(&objects, &shared).await && !exists(&objects, &own).await);
    for path in copy {
        assert!(!exists(&objects, path).await);
    }
    session.end().await.expect("ended");

    let reader = reader(&objects).await;
    for source in [&reader as &dyn Source, first.as_ref(), second.as_ref()] {
        until("it is gone", async || {
            !{ column(source, Relation::Models, "run_id").await }
                .contains(&"run-of-producer-c".to_owned())
        })
        .await;
        for relation in Relation::ALL {
            let projects = column(source, relation, "project").await;
            assert!(!projects.contains(&"other".into()), "{relation:?}");
            if relation != Relation::Projects {
                let runs = column(source, relation, "run_id").await;
                assert!(!runs.contains(&"run-of-producer-a".into()), "{relation:?}");
            }
        }
        let runs = column(source, Relation::Runs, "run_id").await;
        assert_eq!(runs, ["run-of-producer-b", "run-of-producer-d"]);
    }
    // The agents go on, and one of them folds again.
    until("one of them folds", async || {
        folds(&first).await || folds(&second).await
    })
    .await;
    push(&second, "producer-d", 2, 1).await;
    let holder = if folds(&first).await { &first } else { &second };
    holder.fold().await.expect("folded");
    let status = holder.status().await.expect("a status");
    assert_eq!(status.folds.last_error, None);
    let runs = column(&reader, Relation::Runs, "run_id").await;
    assert_eq!(runs, ["run-of-producer-b", "run-of-producer-d"]);
    first_tasks.finish(&first).await.expect("closed");
    second_tasks.finish(&second).await.expect("closed");
}

/// Two from outside at once: the first one says that it gave way.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_overtaken_says_so() {
    let objects = objects();
    let (warehouse, tasks) = agent(&objects, &often()).await;
    push(&warehouse, "producer-a", 1, 2).await;
    let (early, late) = (session(&objects, 0).await, session(&objects, 0).await);
    assert_ne!(early.gave_way(), late.gave_way());
    let settings = MaintenanceSettings::default();
    let tell = &mut |_| {};
    let overtaken = early.maintenance().run(&settings, false, tell).await;
    assert!(
        matches!(overtaken, Err(Error::Conflict(_))),
        "{overtaken:?}"
    );
    early.end().await.expect("ended");
    let tell = &mut |_| {};
    let done = late.maintenance().run(&settings, false, tell).await;
    done.expect("maintained");
    late.end().await.expect("ended");
    until("the agent folds again", async || folds(&warehouse).await).await;
    assert_eq!(grows(warehouse.as_ref(), 0).await, 3);
    tasks.finish(&warehouse).await.expect("closed");
}
