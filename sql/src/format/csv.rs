//! Comma-separated values: RFC 4180 with a header.

use std::io::Write;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringBuilder};
use datafusion::arrow::csv::{Writer, WriterBuilder};
use datafusion::arrow::datatypes::{
    DataType, Field, FieldRef, Float32Type, Float64Type, Schema, SchemaRef,
};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::writer::make_encoder;

use super::json::{not_finite, options};
use super::{Sink, WriteError};

pub(super) struct Csv<'a>(Writer<&'a mut (dyn Write + Send)>);

impl<'a> Csv<'a> {
    pub(super) fn new(
        schema: SchemaRef,
        out: &'a mut (dyn Write + Send),
    ) -> Result<Self, WriteError> {
        let mut csv = Self(WriterBuilder::new().with_header(true).build(out));
        // An answer without rows has a header all the same.
        csv.write(&RecordBatch::new_empty(schema))?;
        Ok(csv)
    }
}

impl Sink for Csv<'_> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let batch = flat(batch).map_err(WriteError::from_arrow)?;
        self.0.write(&batch).map_err(WriteError::from_arrow)
    }

    fn finish(self: Box<Self>) -> Result<(), WriteError> {
        Ok(self.0.into_inner().flush()?)
    }
}

/// `batch` with text in place of what a cell cannot hold.
fn flat(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let mut fields = Vec::with_capacity(batch.num_columns());
    let mut columns = Vec::with_capacity(batch.num_columns());
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        let column = flat_column(field, column)?;
        fields.push(Field::new(field.name(), column.data_type().clone(), true));
        columns.push(column);
    }
    if columns.is_empty() {
        return Ok(batch.clone());
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn flat_column(field: &FieldRef, column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let kind = column.data_type();
    if kind.is_nested() {
        return json_text(field, column);
    }
    Ok(match kind {
        DataType::Float64 => {
            let values = column.as_primitive::<Float64Type>();
            if values.iter().flatten().all(f64::is_finite) {
                return Ok(column.clone());
            }
            text(column, |row, out| match values.value(row) {
                value if value.is_finite() => out.push_str(&format!("{value:?}")),
                value => out.push_str(not_finite(&value)),
            })
        }
        DataType::Float32 => {
            let values = column.as_primitive::<Float32Type>();
            if values.iter().flatten().all(f32::is_finite) {
                return Ok(column.clone());
            }
            text(column, |row, out| match values.value(row) {
                value if value.is_finite() => out.push_str(&format!("{value:?}")),
                value => out.push_str(not_finite(&value)),
            })
        }
        _ => column.clone(),
    })
}

fn json_text(field: &FieldRef, column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let options = options();
    let mut encoder = make_encoder(field, column.as_ref(), &options)?;
    Ok(text(column, |row, out| {
        let mut bytes = Vec::new();
        encoder.encode(row, &mut bytes);
        out.push_str(&String::from_utf8_lossy(&bytes));
    }))
}

/// A column of what `write` writes for each row of `column` that is not null.
fn text(column: &ArrayRef, mut write: impl FnMut(usize, &mut String)) -> ArrayRef {
    let mut texts = StringBuilder::with_capacity(column.len(), column.len() * 16);
    let mut cell = String::new();
    for row in 0..column.len() {
        if column.is_null(row) {
            texts.append_null();
        } else {
            cell.clear();
            write(row, &mut cell);
            texts.append_value(&cell);
        }
    }
    Arc::new(texts.finish())
}
