//! An Apache Parquet file, written front to back: a pipe will do.

use std::io::Write;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::{Format, Sink, WriteError, check_names};
use crate::error::Error;

/// Rows that are held before they go out together.
const GROUP_ROWS: usize = 256 * 1024;

/// Bytes that are held before they go out together, even if they are few rows.
const GROUP_BYTES: usize = 64 << 20;

pub(super) struct Parquet<'a>(ArrowWriter<&'a mut (dyn Write + Send)>);

impl<'a> Parquet<'a> {
    pub(super) fn new(
        schema: SchemaRef,
        out: &'a mut (dyn Write + Send),
    ) -> Result<Self, WriteError> {
        check_names(&schema, Format::Parquet)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_max_row_group_bytes(Some(GROUP_BYTES))
            .build();
        let writer = ArrowWriter::try_new(out, schema, Some(properties)).map_err(failure)?;
        Ok(Self(writer))
    }
}

impl Sink for Parquet<'_> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        self.0.write(batch).map_err(failure)
    }

    fn finish(self: Box<Self>) -> Result<(), WriteError> {
        self.0.close().map_err(failure)?;
        Ok(())
    }
}

fn failure(error: ParquetError) -> WriteError {
    match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(error) => WriteError::Output(*error),
            Err(other) => Error::Invalid(other.to_string()).into(),
        },
        other => Error::Invalid(format!("the answer does not fit into Parquet: {other}")).into(),
    }
}
