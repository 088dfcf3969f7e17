//! Rows that are put into tables at once.

use crate::support::*;
use modeldb_warehouse::row::{ParamRow, Row, to_batch};
use modeldb_warehouse::*;

fn params(run: &str, models: std::ops::Range<usize>) -> Vec<Row> {
    let names = ["maxIter", "regParam"];
    let all = models.flat_map(|model| names.map(|name| (model, name)));
    let row = |(model, name): (usize, &str)| ParamRow {
        model_id: format!("m-{model:04}"),
        run_id: run.to_owned(),
        project: "p".into(),
        name: name.into(),
        ..ParamRow::default()
    };
    all.map(row).map(Row::from).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_there_at_once_and_where_they_belong() {
    let dir = tempfile::tempdir().expect("a directory");
    let (warehouse, tasks) = open(dir.path()).await;
    push(&warehouse, "producer-a", 1, 3).await;
    tasks.finish(&warehouse).await.expect("closed");
    let before = count(&reader(dir.path()).await, Relation::Params).await;

    let store = Store::open(&dir.path().display().to_string(), false).expect("a store");
    let nothing = Bulk::begin(&store, Relation::Params).await.expect("begun");
    assert_eq!(nothing.commit().await.expect("committed"), 0);
    let mut bulk = Bulk::begin(&store, Relation::Params).await.expect("begun");
    for (run, models) in [("r1", 0..30), ("r2", 30..50)] {
        let rows = to_batch(Relation::Params, &params(run, models)).expect("rows");
        bulk.write(&rows).await.expect("written");
    }
    let unseen = count(&reader(dir.path()).await, Relation::Params).await;
    assert_eq!(unseen, before, "not before it is committed");
    assert_eq!(bulk.commit().await.expect("committed"), 100);

    // An agent has them, and goes on.
    let (warehouse, tasks) = open(dir.path()).await;
    push(&warehouse, "producer-a", 2, 3).await;
    let runs = column(warehouse.as_ref(), Relation::Params, "run_id").await;
    let new = runs
        .iter()
        .filter(|run| ["r1", "r2"].contains(&run.as_str()));
    assert_eq!(new.count(), 100);
    assert!(runs.len() > before + 100);
    // In the file, names lie together, and in them runs.
    let names = column(warehouse.as_ref(), Relation::Params, "name").await;
    let of_bulk = runs.iter().zip(&names).filter(|(run, _)| run.len() == 2);
    let of_bulk: Vec<_> = of_bulk.map(|(run, name)| format!("{name} {run}")).collect();
    assert!(of_bulk.is_sorted(), "{of_bulk:?}");
    tasks.finish(&warehouse).await.expect("closed");
}

#[tokio::test]
async fn many_agents_say_which_versions_count() {
    let store = Store::open("memory://", true).expect("a store");
    let begun = Bulk::begin(&store, Relation::Params).await;
    let error = begun.expect_err("refused").to_string();
    assert!(error.contains("in a local warehouse only"), "{error}");
}
