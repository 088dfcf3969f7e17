//! Small queries of our own over the same view as the query that needs their answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::error::DataFusionError;
use datafusion::execution::context::{SQLOptions, SessionContext};
use datafusion::object_store::ObjectStore;
use datafusion::prelude::DataFrame;
use modeldb_warehouse::samples;

use super::Missing;
use crate::blame::{self, Names};
use crate::error::{Error, Result};
use crate::near::did_you_mean;

/// Names among which near ones are looked for.
const NAMES_MAX: usize = 10_000;

/// See the module.
pub(crate) struct Lookup<'a> {
    pub(crate) context: &'a SessionContext,
    pub(crate) objects: &'a Arc<dyn ObjectStore>,
    pub(crate) names: &'a Names,
    pub(crate) query: &'a str,
}

impl Lookup<'_> {
    /// From what the engine says to what users are told.
    pub(super) fn blame(&self, error: &DataFusionError) -> Error {
        blame::explain(self.query, self.names, error)
    }

    /// The same of a text inside of the query.
    pub(super) fn blame_in(&self, text: &str, error: &DataFusionError) -> Error {
        blame::explain(text, self.names, error)
    }

    /// The rows of `query`, a row after the other.
    pub(super) async fn ask(&self, query: &str) -> Result<Vec<Line>> {
        let answer = async {
            // As strict as with anybody's query.
            let options = SQLOptions::new()
                .with_allow_ddl(false)
                .with_allow_dml(false)
                .with_allow_statements(false);
            let frame = self.context.sql_with_options(query, options).await?;
            self.collect(frame).await
        };
        let batches = answer.await.map_err(|error| self.blame(&error))?;
        Ok(Line::of(batches).collect())
    }

    /// The rows of `frame`.
    pub(super) async fn collect(
        &self,
        frame: DataFrame,
    ) -> Result<Vec<RecordBatch>, DataFusionError> {
        frame.collect().await
    }

    /// The rows of a sample.
    pub(super) async fn read(&self, uri: &str) -> Result<Vec<RecordBatch>> {
        Ok(samples::read(self.objects.as_ref(), uri).await?)
    }

    /// That there is no model of this id.
    pub(super) async fn no_model(&self, model: &str) -> Result<Missing> {
        let message = format!("there is no model {model}");
        let names = "select distinct model_id from models where role in ('top', 'best')";
        self.missing(message, model, names).await
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
    /// A line for each row.
    pub(super) fn of(batches: Vec<RecordBatch>) -> impl Iterator<Item = Self> {
        batches.into_iter().flat_map(|batch| {
            let rows = batch.num_rows();
            (0..rows).map(move |row| Self(batch.slice(row, 1)))
        })
    }

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

    pub(super) fn boolean(&self, index: usize) -> Option<bool> {
        let column = self.column(index).as_boolean_opt()?;
        column.is_valid(0).then(|| column.value(0))
    }

    pub(super) fn double(&self, index: usize) -> Option<f64> {
        let column = self.column(index).as_primitive_opt::<Float64Type>()?;
        column.is_valid(0).then(|| column.value(0))
    }

    /// A map from text to text, in the order of its keys.
    pub(super) fn map(&self, index: usize) -> BTreeMap<String, String> {
        let Some(map) = self.column(index).as_map_opt() else {
            return BTreeMap::new();
        };
        if map.is_null(0) {
            return BTreeMap::new();
        }
        let entries = map.value(0);
        let texts = |column: usize| cast(entries.column(column), &DataType::Utf8).ok();
        let (Some(keys), Some(values)) = (texts(0), texts(1)) else {
            return BTreeMap::new();
        };
        let pairs = keys
            .as_string::<i32>()
            .iter()
            .zip(values.as_string::<i32>());
        pairs
            .filter_map(|(key, value)| Some((key?.to_owned(), value?.to_owned())))
            .collect()
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

/// `texts` as literals, to be compared with `in`.
pub(super) fn list(texts: &[String]) -> String {
    let quoted: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
    quoted.join(", ")
}

/// `text` as a literal.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
