//! Every query of `docs/cookbook.md` runs, and answers what is shown there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use futures::TryStreamExt;
use modeldb_sql::{Engine, QueryOptions, Settings};
use modeldb_warehouse::Access;
use parquet::arrow::ArrowWriter;

use crate::support::fixture::Fixture;
use crate::support::slt::{normal, rows};

const COOKBOOK: &str = include_str!("../../../docs/cookbook.md");

struct Recipe {
    query: &'static str,
    answer: Option<&'static str>,
}

/// The SQL blocks of the document, each with the answer that follows it.
fn recipes() -> Vec<Recipe> {
    let blocks = COOKBOOK.split("```sql\n").skip(1);
    blocks
        .map(|block| {
            let (query, after) = block.split_once("```").expect("the end of a block");
            let answer = after.split_once("```answer\n");
            let answer = answer.filter(|(between, _)| between.trim().is_empty());
            let answer = answer.map(|(_, rest)| rest.split("```").next().unwrap_or_default());
            Recipe { query, answer }
        })
        .collect()
}

async fn engine(fixture: &str, directory: &Path) -> Engine {
    let fixture = Fixture::named(fixture, directory).await;
    Engine::new(Arc::new(fixture), &Settings::default()).expect("an engine")
}

/// Where the warehouse is left with the queries and their answers, for an engine that is asked the
/// same (`tests/e2e/test_cookbook_in_spark.py`).
fn left_behind() -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cookbook");
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(directory.join("answers")).expect("a directory");
    directory
}

fn leave(directory: &Path, number: usize, query: &str, answer: &[RecordBatch]) {
    let Some(first) = answer.first() else {
        return;
    };
    let place = directory.join(format!("answers/{number:02}"));
    std::fs::write(place.with_extension("sql"), query).expect("written");
    let file = std::fs::File::create(place.with_extension("parquet")).expect("a file");
    let mut writer = ArrowWriter::try_new(file, first.schema(), None).expect("a writer");
    for batch in answer {
        writer.write(batch).expect("written");
    }
    writer.close().expect("written");
}

#[tokio::test]
async fn the_cookbook_answers_as_it_says() {
    let recipes = recipes();
    let answered = recipes.iter().filter(|recipe| recipe.answer.is_some());
    assert!(answered.count() >= 30 && recipes.len() >= 40);
    let left = left_behind();
    let engine = engine("meta", &left).await;
    let mut wrong = String::new();
    for (number, Recipe { query, answer }) in recipes.into_iter().enumerate() {
        let told = async {
            let given = engine
                .query(&Access::everything(), query, &QueryOptions::default())
                .await?;
            given.try_collect::<Vec<_>>().await
        };
        let told = match told.await {
            Ok(batches) => {
                leave(&left, number, query, &batches);
                batches.iter().flat_map(rows).collect::<Vec<_>>().join("\n")
            }
            Err(error) => error.to_string(),
        };
        let expected = answer.map_or_else(|| told.clone(), str::to_owned);
        let failed = answer.is_none() && told.contains("line 1:");
        if normal(&told) != normal(&expected) || failed {
            wrong.push_str(&format!(
                "{query}\n---- says\n{expected}---- is\n{told}\n\n"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What needs no model or dataset by its id answers there too.
#[tokio::test]
async fn the_cookbook_runs_on_an_empty_warehouse() {
    let directory = tempfile::tempdir().expect("a directory");
    let engine = engine("empty", directory.path()).await;
    for Recipe { query, .. } in recipes() {
        let answer = engine
            .query(&Access::everything(), query, &QueryOptions::default())
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                let text = error.to_string();
                assert!(text.starts_with("there is no "), "{query}\n{text}");
                continue;
            }
        };
        let rows: Result<Vec<_>, _> = answer.try_collect().await;
        rows.unwrap_or_else(|error| panic!("{query}\n{error}"));
    }
}
