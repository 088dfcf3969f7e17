//! Places that are no warehouse, or a damaged, foreign or newer one: each is refused
//! with a message that names it.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::support::*;
use futures::TryStreamExt;
use modeldb_warehouse::*;

async fn refused(dir: &Path) -> Error {
    let opened = Warehouse::open(
        &settings(dir),
        Arc::new(SystemClock),
        Arc::new(SystemEntropy),
    )
    .await;
    match opened {
        Ok(_) => panic!("{} was opened", dir.display()),
        Err(error) => error,
    }
}

async fn made(dir: &Path) {
    let (warehouse, tasks) = open(dir).await;
    push(&warehouse, "producer-a", 1, 3).await;
    tasks.finish(&warehouse).await.expect("closed");
}

fn says(error: &Error, parts: &[&str]) {
    let message = error.to_string();
    for part in parts {
        assert!(message.contains(part), "{message:?} lacks {part:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_with_other_things() {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("thesis.tex"), "x").expect("written");
    says(
        &refused(dir.path()).await,
        &["no warehouse and not empty", "thesis.tex"],
    );
    assert_eq!(
        fs::read_dir(dir.path()).expect("a listing").count(),
        1,
        "nothing was written"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_and_unknown_schemes() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("file");
    fs::write(&file, "x").expect("written");
    says(
        &refused(&file).await,
        &["cannot create the warehouse", "file"],
    );
    for (location, part) in [
        ("s3://bucket/a%20b", "percent sign"),
        ("memory:///x?y=1", "without ? and #"),
        ("ftp://x", "unknown scheme \"ftp\""),
        ("/tmp/100%", "percent sign"),
    ] {
        let refused = Store::open(location, true).expect_err("refused");
        says(&refused, &[location, part]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_format() {
    let dir = tempfile::tempdir().expect("a directory");
    made(dir.path()).await;
    let mark = dir.path().join("modeldb.json");
    fs::write(&mark, r#"{"format_version": 7, "shape": "unheard of"}"#).expect("written");
    let error = refused(dir.path()).await;
    assert!(matches!(error, Error::TooNew(_)));
    says(&error, &["format version 7", "reads up to 1"]);
    let reader = Reader::open(&dir.path().display().to_string(), Arc::new(SystemClock)).await;
    assert!(matches!(reader, Err(Error::TooNew(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_mark() {
    let dir = tempfile::tempdir().expect("a directory");
    made(dir.path()).await;
    for bytes in ["", "{", "{}", r#"{"format_version": 1}"#] {
        fs::write(dir.path().join("modeldb.json"), bytes).expect("written");
        let error = refused(dir.path()).await;
        assert!(matches!(error, Error::Damaged(_)), "{bytes:?}: {error}");
        says(&error, &["modeldb.json", "Restore it"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warehouse_that_lost_a_table() {
    let dir = tempfile::tempdir().expect("a directory");
    made(dir.path()).await;
    fs::remove_dir_all(dir.path().join("models/_delta_log")).expect("removed");
    let error = refused(dir.path()).await;
    assert!(matches!(error, Error::Damaged(_)));
    says(&error, &["incomplete", "models"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_lost_its_last_commit() {
    let dir = tempfile::tempdir().expect("a directory");
    made(dir.path()).await;
    let log = dir
        .path()
        .join("models/_delta_log/00000000000000000001.json");
    fs::remove_file(log).expect("removed");
    let error = refused(dir.path()).await;
    assert!(matches!(error, Error::Damaged(_)), "{error}");
    says(&error, &["models", "is at version 0, and was at 1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_log_of_a_table() {
    let dir = tempfile::tempdir().expect("a directory");
    made(dir.path()).await;
    fs::write(
        dir.path()
            .join("params/_delta_log/00000000000000000000.json"),
        "{\"half",
    )
    .expect("written");
    let error = refused(dir.path()).await;
    assert!(matches!(error, Error::Damaged(_)), "{error}");
    says(&error, &["params"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_whose_making_was_interrupted_is_made_whole() {
    let dir = tempfile::tempdir().expect("a directory");
    made(dir.path()).await;
    for part in ["models", "actions", JOURNAL_DIR] {
        fs::remove_dir_all(dir.path().join(part)).expect("removed");
    }
    let creating = r#"{"format_version": 1, "state": "creating"}"#;
    fs::write(dir.path().join("modeldb.json"), creating).expect("written");
    let (warehouse, tasks) = open(dir.path()).await;
    push(&warehouse, "producer-b", 1, 1).await;
    tasks.finish(&warehouse).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_agent() {
    let dir = tempfile::tempdir().expect("a directory");
    let (warehouse, tasks) = open(dir.path()).await;
    let error = refused(dir.path()).await;
    assert!(matches!(error, Error::Conflict(_)));
    says(
        &error,
        &["in use by the process", &std::process::id().to_string()],
    );
    push(&warehouse, "producer-a", 1, 1).await;
    tasks
        .finish(&warehouse)
        .await
        .expect("the first is unharmed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_journal_record() {
    let dir = tempfile::tempdir().expect("a directory");
    {
        let (warehouse, tasks) = open(dir.path()).await;
        push(&warehouse, "producer-a", 1, 3).await;
        push(&warehouse, "producer-a", 2, 3).await;
        tasks.abort().await;
    }
    let segment = the_file(&dir.path().join("_journal"), ".seg");
    let good = fs::read(&segment).expect("bytes");
    let mut bad = good.clone();
    bad[100] ^= 1;
    fs::write(&segment, &bad).expect("written");
    let error = refused(dir.path()).await;
    assert!(matches!(error, Error::Damaged(_)));
    says(&error, &["at byte 36", segment.to_str().expect("utf-8")]);
    // Nothing was thrown away: with the good bytes back, everything is there.
    fs::write(&segment, &good).expect("written");
    let (warehouse, tasks) = open(dir.path()).await;
    assert_eq!(
        column(warehouse.as_ref(), Relation::Models, "model_id")
            .await
            .len(),
        8
    );
    tasks.finish(&warehouse).await.expect("closed");
}

/// The one file below a directory whose path ends so.
fn the_file(directory: &Path, ends: &str) -> std::path::PathBuf {
    let files = fs::read_dir(directory).expect("a listing");
    let mut files = files.map(|entry| entry.expect("an entry").path());
    let ends_so = |path: &std::path::PathBuf| path.to_string_lossy().ends_with(ends);
    files.find(ends_so).expect("there")
}

/// Writes something else into the middle of a file; answers what was there.
fn spoil(file: &Path) -> Vec<u8> {
    let good = fs::read(file).expect("bytes");
    let mut bad = good.clone();
    let middle = bad.len() / 2;
    for byte in &mut bad[4..middle] {
        *byte ^= 0x55;
    }
    fs::write(file, &bad).expect("written");
    good
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_checkpoint_of_the_journal() {
    let dir = tempfile::tempdir().expect("a directory");
    made(dir.path()).await;
    let file = dir.path().join("_journal/checkpoint");
    let good = spoil(&file);
    let error = refused(dir.path()).await;
    assert!(matches!(error, Error::Damaged(_)), "{error}");
    says(&error, &[file.to_str().expect("utf-8"), "Restore"]);
    fs::write(&file, good).expect("written");
    let (warehouse, tasks) = open(dir.path()).await;
    tasks.finish(&warehouse).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_data_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let (warehouse, tasks) = open(dir.path()).await;
    push(&warehouse, "producer-a", 1, 3).await;
    warehouse.fold().await.expect("folded");
    let file = the_file(&dir.path().join("models"), ".parquet");
    let good = spoil(&file);
    // What else there is can be asked for, and the agent takes what comes.
    push(&warehouse, "producer-a", 2, 3).await;
    warehouse.fold().await.expect("folded");
    assert_eq!(
        column(warehouse.as_ref(), Relation::Runs, "run_id")
            .await
            .len(),
        1
    );
    let view = warehouse.view(&Access::everything()).await.expect("a view");
    let view = view
        .relations
        .into_iter()
        .find(|view| view.relation == Relation::Models);
    let (_, rows) = view
        .expect("there")
        .table
        .scan_table()
        .await
        .expect("a scan");
    let damaged = rows.try_collect::<Vec<_>>().await.expect_err("damaged");
    let name = file.file_name().expect("a name").to_string_lossy();
    assert!(
        damaged.to_string().contains(&*name),
        "{damaged} lacks {name}"
    );
    fs::write(&file, good).expect("written");
    let ids = column(warehouse.as_ref(), Relation::Models, "model_id").await;
    assert_eq!(ids.len(), 8);
    tasks.finish(&warehouse).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_checkpoint_of_a_table() {
    let dir = tempfile::tempdir().expect("a directory");
    let (warehouse, tasks) = open(dir.path()).await;
    let mut seq = 0;
    let log = dir.path().join("models/_delta_log");
    while !log.join("_last_checkpoint").exists() {
        seq += 1;
        assert!(seq < 500, "no checkpoint is made");
        push(&warehouse, "producer-a", seq, 1).await;
        warehouse.fold().await.expect("folded");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tasks.finish(&warehouse).await.expect("closed");
    let file = the_file(&log, ".checkpoint.parquet");
    let good = spoil(&file);
    let error = refused(dir.path()).await;
    says(&error, &["table models", "Restore that directory"]);
    fs::write(&file, good).expect("written");
    let (warehouse, tasks) = open(dir.path()).await;
    let ids = column(warehouse.as_ref(), Relation::Models, "model_id").await;
    assert_eq!(ids.len() as u64, 2 * seq);
    tasks.finish(&warehouse).await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_there_to_read() {
    let dir = tempfile::tempdir().expect("a directory");
    let location = dir.path().join("none").display().to_string();
    let refused = Reader::open(&location, Arc::new(SystemClock))
        .await
        .expect_err("refused");
    says(&refused, &["no warehouse at", &location, "modeldb serve"]);
    let location = dir.path().display().to_string();
    let refused = Reader::open(&location, Arc::new(SystemClock))
        .await
        .expect_err("refused");
    says(&refused, &["is no warehouse"]);
}
