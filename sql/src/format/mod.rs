//! Answers as text and files.
//!
//! | format | rows | null | doubles that are no numbers | lists, maps, structs |
//! |---|---|---|---|---|
//! | table | in a grid, then `(N rows)` | empty | `NaN`, `inf`, `-inf` | `[a, b]`, `{k: v}` |
//! | csv | RFC 4180 with a header | empty | `NaN`, `Infinity`, `-Infinity` | JSON text |
//! | json | one JSON object per line | `null` | the strings `"NaN"`, `"Infinity"`, `"-Infinity"` | arrays and objects |
//! | parquet | one file | null | themselves | themselves |
//!
//! Times are RFC 3339 in UTC; bytes are hexadecimal, but bytes in Parquet. All
//! but `parquet` go out batch by batch; it holds one row group in memory.

mod csv;
mod json;
mod parquet;
mod table;

use std::io::{self, Write};
use std::str::FromStr;

use datafusion::arrow::datatypes::Schema;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use futures::StreamExt;

use crate::answer::Answer;
use crate::error::Error;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A grid for people.
    Table,
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object per line.
    Json,
    /// An Apache Parquet file.
    Parquet,
}

impl Format {
    /// All, in the order in which they are listed to users.
    pub const ALL: [Self; 4] = [Self::Table, Self::Csv, Self::Json, Self::Parquet];

    /// What users call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Parquet => "parquet",
        }
    }

    /// Whether it is made for people or programs that read text; the others do not
    /// belong on a terminal.
    pub fn is_text(self) -> bool {
        self != Self::Parquet
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| {
                let names = Self::ALL.map(Self::name).join(", ");
                format!("{name} is no format; accepted are {names}")
            })
    }
}

/// Why an answer was not written to its end.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The query failed.
    #[error(transparent)]
    Query(#[from] Error),
    /// Whoever reads the output went away, or its disk is full.
    #[error("cannot write the answer: {0}")]
    Output(#[from] io::Error),
}

impl WriteError {
    /// Whether the reader of the output has closed it, which is no failure: `head`
    /// does so.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// From what Arrow's writers tell.
    fn from_arrow(error: ArrowError) -> Self {
        match error {
            ArrowError::IoError(_, error) => Self::Output(error),
            ArrowError::ExternalError(inner) => match inner.downcast::<io::Error>() {
                Ok(error) => Self::Output(*error),
                Err(other) => Error::Invalid(other.to_string()).into(),
            },
            other => {
                let text = other.to_string();
                let text = text
                    .split_once(": ")
                    .map_or(text.as_str(), |(_, text)| text);
                Error::Invalid(format!(
                    "the answer cannot be written in this format: {text}"
                ))
                .into()
            }
        }
    }
}

/// Takes batches, one after the other.
trait Sink {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError>;
    fn finish(self: Box<Self>) -> Result<(), WriteError>;
}

/// Writes all of `answer` and tells how many rows that were.
///
/// What was written before an error stays written.
pub async fn write(
    mut answer: Answer,
    format: Format,
    out: &mut (dyn Write + Send),
) -> Result<u64, WriteError> {
    let schema = answer.schema();
    let mut sink: Box<dyn Sink + Send + '_> = match format {
        Format::Table => Box::new(table::Table::new(schema, out)),
        Format::Csv => Box::new(csv::Csv::new(schema, out)?),
        Format::Json => Box::new(json::Json::new(&schema, out)?),
        Format::Parquet => Box::new(parquet::Parquet::new(schema, out)?),
    };
    let mut rows = 0;
    while let Some(batch) = answer.next().await {
        let batch = batch?;
        rows += u64::try_from(batch.num_rows()).unwrap_or(u64::MAX);
        sink.write(&batch)?;
    }
    sink.finish()?;
    Ok(rows)
}

/// The one row of `batch` as a JSON object.
pub(crate) fn json_object(batch: &RecordBatch) -> Result<String, WriteError> {
    let mut out = Vec::new();
    let mut sink = Box::new(json::Json::new(&batch.schema(), &mut out)?);
    sink.write(batch)?;
    sink.finish()?;
    Ok(String::from_utf8_lossy(&out).trim_end().to_owned())
}

/// The rows of `batch` as a JSON array of arrays; values are as in [`Format::Json`].
pub fn json_rows(batch: &RecordBatch) -> Result<String, WriteError> {
    let mut out = Vec::new();
    json::rows(batch, &mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Refuses answers whose columns cannot be told apart by their names.
fn check_names(schema: &Schema, format: Format) -> Result<(), WriteError> {
    let mut names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => Err(Error::Invalid(format!(
            "two columns are named {}, which {} cannot have: name one of them with AS",
            pair[0],
            format.name()
        ))
        .into()),
    }
}
