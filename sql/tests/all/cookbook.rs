//! Every query of `docs/cookbook.md` runs, on a warehouse with rows and on an empty one.

use std::sync::Arc;

use futures::TryStreamExt;
use modeldb_sql::{Engine, QueryOptions, Settings};
use modeldb_warehouse::Access;

use crate::support::fixture::Fixture;

const COOKBOOK: &str = include_str!("../../../docs/cookbook.md");

/// The SQL blocks of the document.
fn queries() -> Vec<&'static str> {
    let blocks = COOKBOOK.split("```sql\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap_or_default())
        .collect()
}

/// Functions of a dataset or a model ask for one that there is.
fn names_an_id(query: &str) -> bool {
    query.contains("sample('") || query.contains("trace('")
}

async fn check(name: &str) {
    let directory = tempfile::tempdir().expect("a directory");
    let fixture = Fixture::named(name, directory.path()).await;
    let engine = Engine::new(Arc::new(fixture), &Settings::default()).expect("an engine");
    for query in queries() {
        let answer = engine
            .query(&Access::everything(), query, &QueryOptions::default())
            .await;
        if name == "empty" && names_an_id(query) {
            let error = answer.err().unwrap_or_else(|| panic!("{query}"));
            assert!(
                error.to_string().starts_with("there is no "),
                "{query}\n{error}"
            );
            continue;
        }
        let answer = answer.unwrap_or_else(|error| panic!("{query}\n{error}"));
        let rows: Result<Vec<_>, _> = answer.try_collect().await;
        rows.unwrap_or_else(|error| panic!("{query}\n{error}"));
    }
}

#[tokio::test]
async fn the_cookbook_runs() {
    assert!(queries().len() >= 10);
    check("full").await;
    check("empty").await;
}
