//! Answers in every format, and plans that read no more than they must.

use std::io::{self, Write};
use std::sync::Arc;

use modeldb_sql::format::{WriteError, write};
use modeldb_sql::{Engine, Format, QueryOptions, Settings};
use modeldb_warehouse::Access;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::support::fixture::Fixture;

const ALL_KINDS: &str = "select 1 as n, null as x, 1.5 as d, 'a \"b\", ü' as s, \
    'Infinity'::double as i, map {'a': 'NaN'::double} as m, [1, null] as l, \
    started_at as t, '' as e from runs where run_id = 'r1'";

struct Warehouse {
    engine: Engine,
    _directory: tempfile::TempDir,
}

impl Warehouse {
    async fn full() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let fixture = Fixture::named("full", directory.path()).await;
        let engine = Engine::new(Arc::new(fixture), &Settings::default()).unwrap();
        Self {
            engine,
            _directory: directory,
        }
    }

    async fn bytes(&self, query: &str, format: Format) -> Result<Vec<u8>, WriteError> {
        let answer = self
            .engine
            .query(&Access::everything(), query, &QueryOptions::default())
            .await?;
        let mut out = Vec::new();
        write(answer, format, &mut out).await?;
        Ok(out)
    }

    async fn text(&self, query: &str, format: Format) -> String {
        String::from_utf8(self.bytes(query, format).await.unwrap()).unwrap()
    }
}

#[tokio::test]
async fn every_kind_of_value() {
    let warehouse = Warehouse::full().await;
    assert_eq!(
        warehouse.text(ALL_KINDS, Format::Csv).await,
        "n,x,d,s,i,m,l,t,e\n1,,1.5,\"a \"\"b\"\", ü\",Infinity,\"{\"\"a\"\":\"\"NaN\"\"}\",\
         \"[1,null]\",2026-05-03T10:00:00.123456Z,\n"
    );
    assert_eq!(
        warehouse.text(ALL_KINDS, Format::Json).await,
        "{\"n\":1,\"x\":null,\"d\":1.5,\"s\":\"a \\\"b\\\", ü\",\"i\":\"Infinity\",\
         \"m\":{\"a\":\"NaN\"},\"l\":[1,null],\"t\":\"2026-05-03T10:00:00.123456Z\",\"e\":\"\"}\n"
    );
    let table = warehouse.text(ALL_KINDS, Format::Table).await;
    assert!(
        table.contains("| 1 |   | 1.5 | a \"b\", ü | inf | {a: NaN} |"),
        "{table}"
    );
    assert!(table.ends_with("+\n(1 row)\n"), "{table}");

    let query = "select model_id, params, feature_columns, started_at from models order by 1";
    let mut file = tempfile::tempfile().unwrap();
    let bytes = warehouse.bytes(query, Format::Parquet).await.unwrap();
    file.write_all(&bytes).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let schema = reader.schema().clone();
    let rows: usize = reader
        .build()
        .unwrap()
        .map(|batch| batch.unwrap().num_rows())
        .sum();
    assert_eq!((rows, schema.field(0).name().as_str()), (3, "model_id"));
}

#[tokio::test]
async fn an_answer_without_rows_has_its_header() {
    let warehouse = Warehouse::full().await;
    let none = "select run_id, name from runs where false";
    assert_eq!(warehouse.text(none, Format::Csv).await, "run_id,name\n");
    assert_eq!(warehouse.text(none, Format::Json).await, "");
    let table = warehouse.text(none, Format::Table).await;
    assert!(
        table.contains("| run_id | name |") && table.ends_with("(0 rows)\n"),
        "{table}"
    );
    assert!(
        !warehouse
            .bytes(none, Format::Parquet)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn terminals_are_not_steered() {
    let warehouse = Warehouse::full().await;
    let table = warehouse
        .text("select chr(27) || '[2J' as x", Format::Table)
        .await;
    assert!(!table.contains('\u{1b}'), "{table}");
}

#[tokio::test]
async fn names_that_cannot_be_told_apart() {
    let warehouse = Warehouse::full().await;
    let twice = "select a.run_id, b.run_id from runs a join runs b on a.run_id = b.run_id";
    for format in [Format::Json, Format::Parquet] {
        let error = warehouse
            .bytes(twice, format)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains("two columns are named run_id"), "{error}");
    }
    assert!(warehouse.bytes(twice, Format::Csv).await.is_ok());
}

/// A pipe whose reader has gone.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

#[tokio::test]
async fn a_reader_that_goes_away_is_told_apart() {
    let warehouse = Warehouse::full().await;
    for format in Format::ALL {
        let access = Access::everything();
        let answer = warehouse
            .engine
            .query(&access, "select * from metrics", &QueryOptions::default())
            .await
            .unwrap();
        let error = write(answer, format, &mut Gone).await.unwrap_err();
        assert!(error.is_broken_pipe(), "{format:?}: {error:?}");
    }
}

#[tokio::test]
async fn filters_and_columns_reach_the_files() {
    let warehouse = Warehouse::full().await;
    let query = "explain select value from metrics where step = 70 and name = 'loss'";
    let plan = warehouse.text(query, Format::Csv).await;
    let scan = plan.lines().find(|line| line.contains("file_type=parquet"));
    let scan = scan.unwrap_or_else(|| panic!("{plan}"));
    assert!(scan.contains("predicate="), "{scan}");
    assert!(scan.contains("step@") && scan.contains("= 70"), "{scan}");
    assert!(!scan.contains("recorded_at"), "{scan}");
    // One of the two files cannot have such a step: its statistics say so.
    assert_eq!(scan.matches(".parquet").count(), 1, "{scan}");
}

#[tokio::test]
async fn memory_is_limited() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::named("full", directory.path()).await;
    let settings = Settings {
        memory: 1 << 20,
        ..Settings::default()
    };
    let engine = Engine::new(Arc::new(fixture), &settings).unwrap();
    let query = "select array_agg(value) from range(10000000)";
    let answer = engine
        .query(&Access::everything(), query, &QueryOptions::default())
        .await
        .unwrap();
    let error = write(answer, Format::Csv, &mut io::sink())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, WriteError::Query(modeldb_sql::Error::Exhausted(_))),
        "{error:?}"
    );
}
