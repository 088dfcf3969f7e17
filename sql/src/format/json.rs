//! One JSON object per line, each with every column.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, FieldRef, Float32Type, Float64Type, Schema};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::writer::{
    Encoder, EncoderFactory, EncoderOptions, LineDelimited, NullableEncoder, make_encoder,
};
use datafusion::arrow::json::{Writer, WriterBuilder};

use super::{Format, Sink, WriteError, check_names};

pub(super) struct Json<'a>(Writer<&'a mut (dyn Write + Send), LineDelimited>);

impl<'a> Json<'a> {
    pub(super) fn new(
        schema: &Schema,
        out: &'a mut (dyn Write + Send),
    ) -> Result<Self, WriteError> {
        check_names(schema, Format::Json)?;
        let writer = WriterBuilder::new()
            .with_explicit_nulls(true)
            .with_encoder_factory(Arc::new(Doubles));
        Ok(Self(writer.build(out)))
    }
}

impl Sink for Json<'_> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        self.0.write(batch).map_err(WriteError::from_arrow)
    }

    fn finish(mut self: Box<Self>) -> Result<(), WriteError> {
        self.0.finish().map_err(WriteError::from_arrow)
    }
}

/// Appends the rows of `batch` as an array of arrays.
pub(super) fn rows(batch: &RecordBatch, out: &mut Vec<u8>) -> Result<(), WriteError> {
    let options = options();
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns());
    let encoders = columns.map(|(field, array)| make_encoder(field, array, &options));
    let mut encoders: Vec<NullableEncoder<'_>> = encoders
        .collect::<Result<_, _>>()
        .map_err(WriteError::from_arrow)?;
    out.push(b'[');
    for row in 0..batch.num_rows() {
        out.extend_from_slice(if row == 0 { b"[" } else { b",[" });
        for (at, encoder) in encoders.iter_mut().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            match encoder.is_null(row) {
                true => out.extend_from_slice(b"null"),
                false => encoder.encode(row, out),
            }
        }
        out.push(b']');
    }
    out.push(b']');
    Ok(())
}

/// How values are written as JSON text, also inside of CSV.
pub(super) fn options() -> EncoderOptions {
    EncoderOptions::default()
        .with_explicit_nulls(true)
        .with_encoder_factory(Arc::new(Doubles))
}

/// JSON has no NaN: Arrow would write null, which is something else.
#[derive(Debug)]
struct Doubles;

impl EncoderFactory for Doubles {
    fn make_default_encoder<'a>(
        &self,
        _field: &'a FieldRef,
        array: &'a dyn Array,
        _options: &'a EncoderOptions,
    ) -> Result<Option<NullableEncoder<'a>>, ArrowError> {
        let encoder: Box<dyn Encoder + 'a> = match array.data_type() {
            DataType::Float64 => {
                let doubles = array.as_primitive::<Float64Type>();
                Box::new(Floats(move |row| doubles.value(row), f64::is_finite))
            }
            DataType::Float32 => {
                let floats = array.as_primitive::<Float32Type>();
                Box::new(Floats(move |row| floats.value(row), f32::is_finite))
            }
            _ => return Ok(None),
        };
        Ok(Some(NullableEncoder::new(encoder, array.nulls().cloned())))
    }
}

/// Values by row, and whether one is a number.
struct Floats<F, N>(F, fn(N) -> bool);

impl<N, F> Encoder for Floats<F, N>
where
    N: Copy + std::fmt::Debug + PartialOrd + Default,
    F: Fn(usize) -> N,
{
    fn encode(&mut self, row: usize, out: &mut Vec<u8>) {
        let value = (self.0)(row);
        let mut text = String::new();
        if (self.1)(value) {
            // The shortest text that reads back as the same number.
            let _ = write!(text, "{value:?}");
        } else {
            let _ = write!(text, "\"{}\"", not_finite(&value));
        }
        out.extend_from_slice(text.as_bytes());
    }
}

/// What an infinite or undefined number is called.
pub(super) fn not_finite<N: PartialOrd + Default>(value: &N) -> &'static str {
    let zero = N::default();
    if *value > zero {
        "Infinity"
    } else if *value < zero {
        "-Infinity"
    } else {
        "NaN"
    }
}
