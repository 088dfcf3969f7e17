//! Queries of this version over a warehouse that an older one wrote and nobody opened since.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use arrow::array::RecordBatch;
use futures::TryStreamExt;
use modeldb_sql::{Engine, QueryOptions, Settings};
use modeldb_warehouse::{Access, Reader, Relation, SystemClock};

#[tokio::test]
async fn what_it_did_not_have_is_null_or_empty() {
    let directory = tempfile::tempdir().unwrap();
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../warehouse/tests/older/0.1.tar.gz");
    let unpacked = Command::new("tar")
        .args(["-x", "-z", "-f"])
        .args([&archive, Path::new("-C"), directory.path()])
        .status();
    assert!(unpacked.unwrap().success());
    let location = directory.path().display().to_string();
    let reader = Reader::open(&location, Arc::new(SystemClock)).await;
    let engine = Engine::new(Arc::new(reader.unwrap()), &Settings::default()).unwrap();
    for relation in Relation::ALL {
        let query = format!("select * from {}", relation.name());
        let rows = rows(&engine, &query).await;
        let schema = relation.schema();
        for batch in rows {
            assert_eq!(batch.num_columns(), schema.fields().len(), "{query}");
        }
    }
    let query = "select name, attached_by from runs where attached_by is null";
    let found: usize = rows(&engine, query)
        .await
        .iter()
        .map(RecordBatch::num_rows)
        .sum();
    assert_eq!(found, 1);
    let query = "select f.name from features f join models m on m.model_id = f.model_id";
    let found: usize = rows(&engine, query)
        .await
        .iter()
        .map(RecordBatch::num_rows)
        .sum();
    assert_eq!(found, 0);
}

async fn rows(engine: &Engine, query: &str) -> Vec<RecordBatch> {
    let answer = engine
        .query(&Access::everything(), query, &QueryOptions::default())
        .await;
    let answer = answer.unwrap_or_else(|error| panic!("{query}\n{error}"));
    answer.try_collect().await.unwrap()
}
