//! The handle of a prepared statement: the query, and parameters once it has them.

use arrow::array::RecordBatch;
use arrow_flight::FlightData;
use arrow_flight::utils::{batches_to_flight_data, flight_data_to_batches};
use bytes::Bytes;
use modeldb_sql::{Error, Result};
use prost::Message;

/// What a prepared statement is.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Handle {
    #[prost(string, tag = "1")]
    pub(super) query: String,
    /// The parameters' schema, then one batch of one row; empty without parameters.
    #[prost(message, repeated, tag = "2")]
    parameters: Vec<FlightData>,
}

impl Handle {
    /// Of a query without parameters yet.
    pub(super) fn new(query: String) -> Self {
        Self {
            query,
            parameters: Vec::new(),
        }
    }

    /// As a client gave it back.
    pub(super) fn read(bytes: Bytes) -> Result<Self> {
        let unknown = || Error::Invalid("no prepared statement has this handle".into());
        Self::decode(bytes).map_err(|_| unknown())
    }

    /// For a client to keep.
    pub(super) fn write(&self) -> Bytes {
        self.encode_to_vec().into()
    }

    /// The same query with `parameters`.
    pub(super) fn bind(self, parameters: &RecordBatch) -> Result<Self> {
        let schema = parameters.schema();
        let parameters = batches_to_flight_data(&schema, vec![parameters.clone()]);
        let parameters = parameters
            .map_err(|error| Error::Invalid(format!("these parameters cannot be used: {error}")))?;
        Ok(Self {
            query: self.query,
            parameters,
        })
    }

    /// Its parameters, if it has any.
    pub(super) fn parameters(&self) -> Result<Option<RecordBatch>> {
        if self.parameters.is_empty() {
            return Ok(None);
        }
        let batches = flight_data_to_batches(&self.parameters)
            .map_err(|_| Error::Invalid("no prepared statement has this handle".into()))?;
        Ok(batches.into_iter().next())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::Int64Array;

    use super::*;

    #[test]
    fn comes_back_as_it_went() {
        let column = Arc::new(Int64Array::from(vec![Some(7)]));
        let row = RecordBatch::try_from_iter([("$1", column as _)]).unwrap();
        let handle = Handle::new("select $1".into());
        assert_eq!(handle.parameters().unwrap(), None);
        let handle = handle.bind(&row).unwrap();
        let again = Handle::read(handle.write()).unwrap();
        assert_eq!(again.query, "select $1");
        assert_eq!(again.parameters().unwrap(), Some(row));
        assert!(Handle::read(Bytes::from_static(b"\xff\xff")).is_err());
    }
}
