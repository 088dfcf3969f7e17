//! Values of columns, as a client wants them: as text or in PostgreSQL's binary form.
//!
//! The forms are those of PostgreSQL's input and output functions (`src/backend/utils/adt`).

mod array;
mod binary;
pub(crate) mod json;
pub(crate) mod numeric;
mod text;
pub(crate) mod time;

use std::sync::Arc;

use arrow::array::timezone::Tz;
use arrow::array::{Array, ArrayRef};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, IntervalUnit, SchemaRef, TimeUnit};
use arrow::record_batch::RecordBatch;
use bytes::{BufMut, BytesMut};
use modeldb_sql::Answer;
use pgwire::messages::data::{FieldDescription, RowDescription};
use postgres_types::Type;

use crate::error::{Result, Told, code, refuse};
use crate::types;

/// Writes the value of a row, and says whether there is one.
pub(crate) type Cell<'a> = Box<dyn Fn(usize, &mut BytesMut) -> Result<bool> + Send + Sync + 'a>;

/// What a client is told of a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Type,
    modifier: i32,
    /// In which form values are written.
    stored: DataType,
}

/// The columns of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Columns(pub(crate) Arc<[Column]>);

impl Columns {
    pub(crate) fn of(schema: &SchemaRef) -> Self {
        let columns = schema.fields().iter().map(|field| Column {
            name: crate::front::names::shown(field.name()).to_owned(),
            kind: types::of_field(field),
            modifier: types::modifier(field.data_type()),
            stored: stored(field),
        });
        Self(columns.collect())
    }

    /// The message that describes them, each in its format.
    pub(crate) fn description(&self, formats: &[i16]) -> RowDescription {
        let fields = self.0.iter().enumerate().map(|(index, column)| {
            FieldDescription::new(
                column.name.clone(),
                0,
                0,
                column.kind.oid(),
                types::size(&column.kind),
                column.modifier,
                format(formats, index),
            )
        });
        RowDescription::new(fields.collect())
    }

    /// The cells of `batch`, each in its format.
    pub(crate) fn cells<'a>(
        &self,
        batch: &'a Ready,
        formats: &[i16],
        zone: Tz,
    ) -> Result<Vec<Cell<'a>>> {
        let columns = self.0.iter().zip(&batch.0).enumerate();
        let cells = columns.map(|(index, (column, array))| {
            if format(formats, index) == 0 {
                text::cell(array, &column.kind, zone)
            } else {
                binary::cell(array, &column.kind)
            }
        });
        cells.collect()
    }

    /// `batch` with the types in which values are written.
    pub(crate) fn ready(&self, batch: &RecordBatch) -> Result<Ready> {
        if batch.num_columns() != self.0.len() {
            return Err(refuse(
                code::UNSUPPORTED,
                "cached plan must not change result type",
            ));
        }
        let arrays = self.0.iter().zip(batch.columns());
        let arrays = arrays.map(|(column, array)| {
            if *array.data_type() == column.stored {
                return Ok(array.clone());
            }
            cast(array, &column.stored)
                .map_err(|error| Told::new(code::RANGE, error.to_string()).into())
        });
        Ok(Ready(arrays.collect::<Result<_>>()?))
    }
}

/// Columns in the types in which values are written.
#[derive(Debug)]
pub(crate) struct Ready(pub(crate) Vec<ArrayRef>);

/// The format of a column: one for all, or one for each; text if none is given.
pub(crate) fn format(formats: &[i16], index: usize) -> i16 {
    match formats {
        [] => 0,
        [all] => *all,
        each => each.get(index).copied().unwrap_or(0),
    }
}

fn stored(field: &Field) -> DataType {
    stored_type(field.data_type())
}

/// The few types that are written; others are cast to one of them before.
fn stored_type(kind: &DataType) -> DataType {
    match kind {
        DataType::Int8 | DataType::UInt8 => DataType::Int16,
        DataType::UInt16 => DataType::Int32,
        DataType::UInt64 => DataType::Int64,
        DataType::Float16 => DataType::Float32,
        DataType::Null | DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            DataType::Binary
        }
        DataType::Date64 => DataType::Date32,
        DataType::Time32(_) | DataType::Time64(_) => DataType::Time64(TimeUnit::Microsecond),
        DataType::Timestamp(_, zone) => {
            DataType::Timestamp(TimeUnit::Microsecond, zone.as_ref().map(|_| "UTC".into()))
        }
        DataType::Interval(_) => DataType::Interval(IntervalUnit::MonthDayNano),
        DataType::Duration(_) => DataType::Duration(TimeUnit::Microsecond),
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            DataType::Decimal128(*precision, *scale)
        }
        DataType::Dictionary(_, value) => stored_type(value),
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            let stored = stored_type(item.data_type());
            DataType::List(Arc::new(Field::new_list_field(stored, true)))
        }
        other => other.clone(),
    }
}

/// An answer that is given piece by piece.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) columns: Columns,
    answer: Option<Answer>,
    batch: Option<(Ready, usize, usize)>,
}

impl Rows {
    /// Of `answer`, whose columns a client knows as `columns`.
    pub(crate) fn new(columns: Columns, answer: Answer) -> Self {
        // A number may have more digits than it was thought to have.
        let own = Columns::of(&answer.schema());
        let kinds = own.0.iter().map(|column| &column.kind);
        let is_same = kinds.eq(columns.0.iter().map(|column| &column.kind));
        Self {
            columns: if is_same { own } else { columns },
            answer: Some(answer),
            batch: None,
        }
    }

    /// Of rows that are there.
    pub(crate) fn of_batch(batch: &RecordBatch) -> Result<Self> {
        let columns = Columns::of(&batch.schema());
        let ready = columns.ready(batch)?;
        Ok(Self {
            columns,
            answer: None,
            batch: Some((ready, 0, batch.num_rows())),
        })
    }

    /// Makes rows ready if there are any; says whether there are. May be given up
    /// while it waits.
    pub(crate) async fn fill(
        &mut self,
        explain: impl Fn(&modeldb_sql::Error) -> Told,
    ) -> Result<bool> {
        use futures::StreamExt;
        loop {
            if self.batch.as_ref().is_some_and(|(_, at, end)| at < end) {
                return Ok(true);
            }
            let Some(answer) = &mut self.answer else {
                return Ok(false);
            };
            let Some(batch) = answer.next().await else {
                self.answer = None;
                return Ok(false);
            };
            let batch = batch.map_err(|error| explain(&error))?;
            self.batch = Some((self.columns.ready(&batch)?, 0, batch.num_rows()));
        }
    }

    /// Hands at most `count` of the rows that are ready to `write`, until it says that
    /// it has enough; how many these were.
    pub(crate) fn take(
        &mut self,
        count: usize,
        formats: &[i16],
        zone: Tz,
        mut write: impl FnMut(usize, &[Cell<'_>]) -> Result<bool>,
    ) -> Result<usize> {
        let Some((ready, at, end)) = &mut self.batch else {
            return Ok(0);
        };
        let cells = self.columns.cells(ready, formats, zone)?;
        let mut taken = 0;
        while *at < *end && taken < count {
            let goes_on = write(*at, &cells)?;
            *at += 1;
            taken += 1;
            if !goes_on {
                break;
            }
        }
        Ok(taken)
    }

    /// Leaves out rows that are ready; how many these were.
    pub(crate) fn skip(&mut self, count: usize) -> usize {
        let Some((_, at, end)) = &mut self.batch else {
            return 0;
        };
        let skipped = count.min(*end - *at);
        *at += skipped;
        skipped
    }
}

/// Appends a row as a message of the protocol.
pub(crate) fn data_row(row: usize, cells: &[Cell<'_>], out: &mut BytesMut) -> Result<()> {
    out.put_u8(b'D');
    let start = out.len();
    out.put_i32(0);
    out.put_i16(i16::try_from(cells.len()).unwrap_or(i16::MAX));
    fields(row, cells, out)?;
    sized(start, 0, out)
}

/// Appends the values of a row, each with its length before it, -1 for null.
pub(crate) fn fields(row: usize, cells: &[Cell<'_>], out: &mut BytesMut) -> Result<()> {
    for cell in cells {
        let start = out.len();
        out.put_i32(-1);
        if cell(row, out)? {
            sized(start, size_of::<i32>(), out)?;
        }
    }
    Ok(())
}

/// Writes at `start` how many bytes follow there, but for `without`.
fn sized(start: usize, without: usize, out: &mut BytesMut) -> Result<()> {
    let length = i32::try_from(out.len() - start - without)
        .map_err(|_| refuse(code::LIMIT, "a row has more than 2 GiB"))?;
    out[start..start + size_of::<i32>()].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

/// The values of an array as texts, as a client would see them.
pub(crate) fn text_of(array: &ArrayRef, field: &Field, zone: Tz) -> Result<ArrayRef, String> {
    let told = |refusal| match refusal {
        crate::error::Refusal::Told(told) => told.message,
        _ => "no text".to_owned(),
    };
    let stored = stored(field);
    let array = cast(array, &stored).map_err(|error| error.to_string())?;
    let cell = text::cell(&array, &types::of_field(field), zone).map_err(told)?;
    let mut texts = arrow::array::StringBuilder::with_capacity(array.len(), 0);
    let mut text = BytesMut::new();
    for row in 0..array.len() {
        text.clear();
        if cell(row, &mut text).map_err(told)? {
            texts.append_value(String::from_utf8_lossy(&text));
        } else {
            texts.append_null();
        }
    }
    Ok(Arc::new(texts.finish()))
}
