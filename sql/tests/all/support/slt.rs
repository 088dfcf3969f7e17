//! Runs `.slt` files: the format of sqllogictest, as far as it is needed here.
//!
//! ```text
//! # a comment
//! query TI rowsort
//! select name, step from metrics
//! ----
//! accuracy NULL
//! loss     1
//!
//! statement error
//! drop table metrics
//! ----
//! the error's whole text, up to two empty lines
//! ```
//!
//! Each letter of `query` is a column: `T`ext, `I`nteger, `R`eal, `B`oolean, `P`
//! for a time, `?` for anything else. Values are compared after runs of white
//! space are made one space; `NULL` and `(empty)` stand for themselves. `query`
//! takes `rowsort` for an answer without an order. All files run over every wire; a
//! record after `skipif postgres` or `onlyif postgres` runs where that says.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};

/// What files run against.
pub(crate) trait Database {
    /// The answer, or the text that a user sees.
    async fn query(&self, sql: &str) -> Result<(SchemaRef, Vec<RecordBatch>), String>;

    /// What files call it.
    fn name(&self) -> &'static str {
        "engine"
    }

    /// Of the text of an error in a file what this one tells.
    fn told(&self, error: &str) -> String {
        error.to_owned()
    }
}

/// The files of a fixture, in the order of their names.
fn files(fixture: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../sql/tests/slt")
        .join(fixture);
    let entries = std::fs::read_dir(&directory).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no files for {fixture}");
    files
}

/// Runs all files of `fixture`; whatever differs is told together.
pub(crate) async fn check(database: &impl Database, fixture: &str) {
    let mut failures = String::new();
    for file in files(fixture) {
        failures.push_str(&check_file(database, &file).await);
    }
    assert!(failures.is_empty(), "{failures}");
}

async fn check_file(database: &impl Database, file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let mut failures = String::new();
    let records = records(&text);
    assert!(!records.is_empty(), "{} has no records", file.display());
    for record in records {
        let is_meant = match record.condition.split_once(' ') {
            Some(("skipif", name)) => name != database.name(),
            Some((_, name)) => name == database.name(),
            None => true,
        };
        if !is_meant {
            continue;
        }
        let actual = run(database, &record).await;
        let mut expected = record.expected.clone();
        if !record.head.starts_with("query ") {
            expected = database.told(&expected);
        }
        if normal(&actual) != normal(&expected) {
            let name = file.file_name().unwrap().display();
            let _ = write!(
                failures,
                "\n{name}:{}\n{}\n{}\n---- expected\n{}\n---- actual\n{actual}\n",
                record.line, record.head, record.sql, expected
            );
        }
    }
    failures
}

struct Record {
    line: usize,
    condition: String,
    head: String,
    sql: String,
    expected: String,
}

fn records(text: &str) -> Vec<Record> {
    let mut records = Vec::new();
    let mut lines = text.lines().enumerate().peekable();
    let mut condition = String::new();
    while let Some((at, head)) = lines.next() {
        if head.trim().is_empty() || head.starts_with('#') {
            continue;
        }
        if head.starts_with("skipif ") || head.starts_with("onlyif ") {
            head.clone_into(&mut condition);
            continue;
        }
        let is_error = head.starts_with("statement error");
        assert!(
            is_error || head.starts_with("query "),
            "line {}: {head}",
            at + 1
        );
        let mut sql = Vec::new();
        for (_, line) in lines.by_ref() {
            if line == "----" {
                break;
            }
            sql.push(line);
        }
        let mut expected: Vec<&str> = Vec::new();
        for (_, line) in lines.by_ref() {
            let ends = line.is_empty() && (!is_error || expected.last() == Some(&""));
            if ends {
                break;
            }
            expected.push(line);
        }
        records.push(Record {
            line: at + 1,
            condition: std::mem::take(&mut condition),
            head: head.to_owned(),
            sql: sql.join("\n"),
            expected: expected.join("\n").trim_end().to_owned(),
        });
    }
    records
}

async fn run(database: &impl Database, record: &Record) -> String {
    let answer = database.query(&record.sql).await;
    match (answer, record.head.starts_with("query ")) {
        (Err(text), _) => text,
        (Ok(_), false) => "no error".to_owned(),
        (Ok((schema, batches)), true) => {
            let mut words = record.head.split_whitespace().skip(1);
            let types: String = schema
                .fields()
                .iter()
                .map(|f| letter(f.data_type()))
                .collect();
            if words.next() != Some(types.as_str()) {
                return format!("the types are {types}");
            }
            let mut rows: Vec<String> = batches
                .iter()
                .inspect(|batch| assert_eq!(batch.schema(), schema, "one schema"))
                .flat_map(rows)
                .collect();
            if words.next() == Some("rowsort") {
                rows.sort();
            }
            rows.join("\n")
        }
    }
}

fn letter(kind: &DataType) -> char {
    match kind {
        DataType::Utf8 => 'T',
        DataType::Boolean => 'B',
        DataType::Timestamp(..) => 'P',
        kind if kind.is_integer() => 'I',
        kind if kind.is_floating() => 'R',
        _ => '?',
    }
}

pub(crate) fn rows(batch: &RecordBatch) -> Vec<String> {
    let options = FormatOptions::default().with_null("NULL");
    let formatters: Vec<ArrayFormatter<'_>> = batch
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column, &options).unwrap())
        .collect();
    let cell = |formatter: &ArrayFormatter<'_>, row| match formatter.value(row).to_string() {
        text if text.is_empty() => "(empty)".to_owned(),
        text => text,
    };
    (0..batch.num_rows())
        .map(|row| {
            let cells: Vec<String> = formatters.iter().map(|f| cell(f, row)).collect();
            cells.join(" ")
        })
        .collect()
}

/// `text` by line, without what depends on how it was laid out.
pub(crate) fn normal(text: &str) -> Vec<String> {
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect()
}
