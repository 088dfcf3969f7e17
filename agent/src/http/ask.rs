//! Asks the engine: bound values in, typed rows or a table of JSON out.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{Field, Schema};
use futures::TryStreamExt;
use modeldb_sql::{Answer, Engine, QueryOptions};
use modeldb_warehouse::Access;
use serde::de::DeserializeOwned;

use super::error::{Failure, Result};
use super::shape::Table;

/// Bytes of rows that one answer of the API holds in memory, at most.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// A value that is bound in a query.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(f64),
    Integer(i64),
    Boolean(bool),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl Value {
    fn array(&self) -> ArrayRef {
        match self {
            Self::Text(text) => Arc::new(StringArray::from(vec![text.as_str()])),
            Self::Number(number) => Arc::new(Float64Array::from(vec![*number])),
            Self::Integer(number) => Arc::new(Int64Array::from(vec![*number])),
            Self::Boolean(truth) => Arc::new(BooleanArray::from(vec![*truth])),
        }
    }

    /// As SQL text, for people.
    fn literal(&self) -> String {
        match self {
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Self::Number(number) if number.is_finite() => format!("{number:?}"),
            Self::Number(number) => format!("cast('{number}' as double)"),
            Self::Integer(number) => number.to_string(),
            Self::Boolean(truth) => truth.to_string(),
        }
    }
}

/// A query in the making: its text, and the values that are bound in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Sql {
    pub text: String,
    pub values: Vec<Value>,
}

impl Sql {
    /// A query with its values `$1`, `$2`, ….
    pub(super) fn new(text: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        Self {
            text: text.into(),
            values: values.into_iter().collect(),
        }
    }

    /// The name under which `value` can be used in the text; the same for equal values.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        let value = value.into();
        let known = self.values.iter().position(|bound| *bound == value);
        let index = known.unwrap_or_else(|| {
            self.values.push(value);
            self.values.len() - 1
        });
        format!("${}", index + 1)
    }

    /// The name of what is searched for, in lower case, where something is.
    pub(super) fn search(&mut self, text: Option<&str>) -> Option<String> {
        let text = text.filter(|text| !text.is_empty())?;
        Some(self.bind(&text.to_lowercase()))
    }

    /// The query as somebody would type it.
    pub(super) fn shown(&self) -> String {
        let mut shown = String::with_capacity(self.text.len());
        let mut pieces = self.text.split('$');
        shown.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let end = piece.find(|c: char| !c.is_ascii_digit());
            let (number, rest) = piece.split_at(end.unwrap_or(piece.len()));
            let index = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            match index.and_then(|index| self.values.get(index)) {
                Some(value) => shown.push_str(&value.literal()),
                None => shown.push_str(number),
            }
            shown.push_str(rest);
        }
        shown
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    engine: Engine,
}

impl Ask {
    pub(super) fn new(engine: Engine) -> Self {
        Self { engine }
    }

    /// The answer to `sql` as one batch.
    pub(super) async fn batch(&self, sql: &Sql) -> Result<RecordBatch> {
        let answer = self.answer(sql, &QueryOptions::default()).await?;
        let schema = answer.schema();
        let mut bytes = 0;
        let batches: Vec<RecordBatch> = answer
            .map_err(Failure::from)
            .try_filter(|batch| std::future::ready(batch.num_rows() > 0))
            .and_then(|batch| {
                bytes += batch.get_array_memory_size();
                std::future::ready(match bytes > ANSWER_BYTES_MAX {
                    true => Err(Failure::too_large(ANSWER_BYTES_MAX)),
                    false => Ok(batch),
                })
            })
            .try_collect()
            .await?;
        concat_batches(&schema, &batches).map_err(|error| Failure::internal(&error))
    }

    /// The answer to `sql` as it comes.
    pub(super) async fn answer(&self, sql: &Sql, options: &QueryOptions) -> Result<Answer> {
        let access = Access::everything();
        if sql.values.is_empty() {
            return Ok(self.engine.query(&access, &sql.text, options).await?);
        }
        let arrays: Vec<ArrayRef> = sql.values.iter().map(Value::array).collect();
        let field = |(at, array): (usize, &ArrayRef)| {
            Field::new(format!("${}", at + 1), array.data_type().clone(), true)
        };
        let fields: Vec<Field> = arrays.iter().enumerate().map(field).collect();
        let row = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .map_err(|error| Failure::internal(&error))?;
        Ok(self
            .engine
            .query_with(&access, &sql.text, &row, options)
            .await?)
    }

    /// The rows that `text` answers, by the names of its columns.
    pub(super) async fn rows<T: DeserializeOwned>(
        &self,
        text: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<T>> {
        self.typed(&Sql::new(text, values)).await
    }

    /// The same.
    pub(super) async fn typed<T: DeserializeOwned>(&self, sql: &Sql) -> Result<Vec<T>> {
        let batch = self.batch(sql).await?;
        serde_arrow::from_record_batch(&batch).map_err(|error| Failure::internal(&error))
    }

    /// The rows that `sql` answers as JSON.
    pub(super) async fn table(&self, sql: &Sql) -> Result<Table> {
        Table::of(&self.batch(sql).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_what_somebody_would_type() {
        let mut sql = Sql::default();
        let (a, b) = (sql.bind("it's $2"), sql.bind(Value::Number(0.5)));
        assert_eq!(sql.bind("it's $2"), a);
        sql.text = format!("select {a}, {b} where x = {a}");
        assert_eq!(sql.shown(), "select 'it''s $2', 0.5 where x = 'it''s $2'");
    }
}
