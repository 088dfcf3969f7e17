//! Small queries of our own over the same view as the query that needs their answers.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::error::DataFusionError;
use datafusion::execution::context::{SQLOptions, SessionContext};
use datafusion::object_store::ObjectStore;
use modeldb_warehouse::samples;

use super::Missing;
use crate::error::{Error, Result};
use crate::near::did_you_mean;

/// Names among which near ones are looked for.
const NAMES_MAX: usize = 10_000;

/// See the module.
pub(crate) struct Lookup<'a> {
    pub(crate) context: &'a SessionContext,
    pub(crate) objects: &'a Arc<dyn ObjectStore>,
    /// Turns what the engine says into what users are told.
    pub(crate) blame: &'a (dyn Fn(&DataFusionError) -> Error + Sync),
}

impl Lookup<'_> {
    /// The rows of `query`, a row after the other.
    pub(super) async fn ask(&self, query: &str) -> Result<Vec<Line>> {
        let answer = async {
            // As strict as with anybody's query.
            let options = SQLOptions::new()
                .with_allow_ddl(false)
                .with_allow_dml(false)
                .with_allow_statements(false);
            let frame = self.context.sql_with_options(query, options).await?;
            frame.collect().await
        };
        let batches = answer.await.map_err(|error| (self.blame)(&error))?;
        let lines = batches.into_iter().flat_map(|batch| {
            let rows = batch.num_rows();
            (0..rows).map(move |row| Line(batch.slice(row, 1)))
        });
        Ok(lines.collect())
    }

    /// The rows of a sample.
    pub(super) async fn read(&self, uri: &str) -> Result<Vec<RecordBatch>> {
        Ok(samples::read(self.objects.as_ref(), uri).await?)
    }

    /// `message`, and which of the first column of `names` were perhaps meant.
    pub(super) async fn missing(
        &self,
        message: String,
        name: &str,
        names: &str,
    ) -> Result<Missing> {
        let names = self.ask(&format!("{names} limit {NAMES_MAX}")).await?;
        let names: Vec<String> = names.iter().filter_map(|line| line.text(0)).collect();
        Ok(Missing {
            message,
            hint: did_you_mean(name, names.iter().map(String::as_str)),
        })
    }
}

/// A row.
#[derive(Debug)]
pub(super) struct Line(RecordBatch);

impl Line {
    fn column(&self, index: usize) -> &ArrayRef {
        self.0.column(index)
    }

    pub(super) fn text(&self, index: usize) -> Option<String> {
        let column = cast(self.column(index), &DataType::Utf8).ok()?;
        let column = column.as_string_opt::<i32>()?;
        column.is_valid(0).then(|| column.value(0).to_owned())
    }

    pub(super) fn long(&self, index: usize) -> Option<i64> {
        let column = self.column(index).as_primitive_opt::<Int64Type>()?;
        column.is_valid(0).then(|| column.value(0))
    }

    /// The texts of a list.
    pub(super) fn texts(&self, index: usize) -> Vec<String> {
        let Some(list) = self.column(index).as_list_opt::<i32>() else {
            return Vec::new();
        };
        if list.is_null(0) {
            return Vec::new();
        }
        let items = cast(&list.value(0), &DataType::Utf8).ok();
        let items = items
            .as_ref()
            .and_then(|items| items.as_string_opt::<i32>());
        items
            .into_iter()
            .flatten()
            .flatten()
            .map(str::to_owned)
            .collect()
    }
}

/// `text` as a literal.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
