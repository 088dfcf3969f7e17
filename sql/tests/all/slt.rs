//! The `.slt` files against an engine in this process.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use futures::TryStreamExt;
use modeldb_sql::{Engine, QueryOptions, Settings};
use modeldb_warehouse::Access;

use crate::support::fixture::Fixture;

struct InProcess(Engine);

impl crate::support::slt::Database for InProcess {
    async fn query(&self, sql: &str) -> Result<(SchemaRef, Vec<RecordBatch>), String> {
        let options = QueryOptions::default();
        let answer = self.0.query(&Access::everything(), sql, &options).await;
        let answer = answer.map_err(|error| error.to_string())?;
        let schema = answer.schema();
        let batches = answer.try_collect().await;
        Ok((schema, batches.map_err(|error| error.to_string())?))
    }
}

async fn check(name: &str) {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::named(name, directory.path()).await;
    let settings = Settings {
        partitions: Some(2),
        ..Settings::default()
    };
    let engine = InProcess(Engine::new(Arc::new(fixture), &settings).unwrap());
    crate::support::slt::check(&engine, name).await;
}

#[tokio::test]
async fn a_warehouse_with_rows() {
    check("full").await;
}

#[tokio::test]
async fn the_larger_questions() {
    check("meta").await;
}

#[tokio::test]
async fn an_empty_warehouse() {
    check("empty").await;
}
