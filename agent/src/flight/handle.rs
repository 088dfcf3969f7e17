//! What a client keeps for the server: the query, its parameters once it has them, and
//! a name by which it can be cancelled.

use arrow::array::RecordBatch;
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow_flight::FlightData;
use arrow_flight::utils::{batches_to_flight_data, flight_data_to_batches};
use bytes::Bytes;
use modeldb_sql::{Error, Result};
use prost::Message;

/// Rows of parameters that one handle may have: the query is run for each.
pub(super) const PARAMETER_ROWS_MAX: usize = 1000;

/// A ticket, or the handle of a prepared statement.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Handle {
    #[prost(string, tag = "1")]
    pub(super) query: String,
    /// The parameters' schema, then one batch of rows; empty without parameters.
    #[prost(message, repeated, tag = "2")]
    parameters: Vec<FlightData>,
    /// None until an answer was asked for.
    #[prost(string, optional, tag = "3")]
    pub(super) id: Option<String>,
}

impl Handle {
    /// Of a query without parameters yet.
    pub(super) fn new(query: String) -> Self {
        Self {
            query,
            parameters: Vec::new(),
            id: None,
        }
    }

    /// The same, by the name `id`.
    pub(super) fn named(self, id: String) -> Self {
        Self {
            id: Some(id),
            ..self
        }
    }

    /// As a client gave it back.
    pub(super) fn read(bytes: Bytes) -> Result<Self> {
        Self::decode(bytes).map_err(|_| unknown())
    }

    /// For a client to keep.
    pub(super) fn write(&self) -> Bytes {
        self.encode_to_vec().into()
    }

    /// The same query with `rows` of parameters.
    pub(super) fn bind(self, rows: &[RecordBatch]) -> Result<Self> {
        let Some(first) = rows.first() else {
            return Ok(self);
        };
        let unusable = |error: &dyn std::fmt::Display| {
            Error::Invalid(format!("these parameters cannot be used: {error}"))
        };
        let schema = first.schema();
        let rows = concat_batches(&schema, rows).map_err(|error| unusable(&error))?;
        if rows.num_rows() > PARAMETER_ROWS_MAX {
            return Err(Error::TooLarge(format!(
                "a query is run for at most {PARAMETER_ROWS_MAX} rows of parameters; {} were given",
                rows.num_rows()
            )));
        }
        let rows = without_dictionaries(&rows).map_err(|error| unusable(&error))?;
        let parameters = batches_to_flight_data(&rows.schema(), vec![rows]);
        let parameters = parameters.map_err(|error| unusable(&error))?;
        Ok(Self { parameters, ..self })
    }

    /// Its parameters, if it has any: at least one row.
    pub(super) fn parameters(&self) -> Result<Option<RecordBatch>> {
        if self.parameters.is_empty() {
            return Ok(None);
        }
        let batches = flight_data_to_batches(&self.parameters).map_err(|_| unknown())?;
        let rows = batches.into_iter().next();
        Ok(rows.filter(|rows| rows.num_rows() > 0))
    }
}

/// `rows` with plain columns, as pandas' categories are none.
fn without_dictionaries(rows: &RecordBatch) -> std::result::Result<RecordBatch, ArrowError> {
    let schema = rows.schema();
    let columns = rows
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(column, field)| {
            let column = match field.data_type() {
                DataType::Dictionary(_, values) => cast(column, values)?,
                _ => column.clone(),
            };
            Ok((field.name(), column))
        });
    RecordBatch::try_from_iter(columns.collect::<std::result::Result<Vec<_>, ArrowError>>()?)
}

fn unknown() -> Error {
    Error::Invalid("no query of this server has this ticket or handle".into())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::Int64Array;

    use super::*;

    fn rows(values: Vec<i64>) -> RecordBatch {
        let column = Arc::new(Int64Array::from(values));
        RecordBatch::try_from_iter([("$1", column as _)]).unwrap()
    }

    #[test]
    fn comes_back_as_it_went() {
        let handle = Handle::new("select $1".into());
        assert_eq!(handle.parameters().unwrap(), None);
        let handle = handle.bind(&[rows(vec![7]), rows(vec![8, 9])]).unwrap();
        let again = Handle::read(handle.write()).unwrap();
        assert_eq!(again.query, "select $1");
        assert_eq!(again.parameters().unwrap(), Some(rows(vec![7, 8, 9])));
        assert!(Handle::read(Bytes::from_static(b"\xff\xff")).is_err());
    }

    #[test]
    fn many_rows_are_refused() {
        let many = rows(vec![1; PARAMETER_ROWS_MAX + 1]);
        let error = Handle::new(String::new()).bind(&[many]).unwrap_err();
        assert!(error.to_string().contains("1001 were given"), "{error}");
        let none = Handle::new(String::new()).bind(&[rows(vec![])]).unwrap();
        assert_eq!(none.parameters().unwrap(), None);
    }
}
