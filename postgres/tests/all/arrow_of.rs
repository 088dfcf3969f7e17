//! Rows of a client as Arrow, to compare them with what the engine itself answers.

use std::error::Error;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Float32Array, Float64Array, Int16Array,
    Int32Array, Int64Array, ListArray, RecordBatch, RecordBatchOptions, StringArray,
    StringViewArray, TimestampMicrosecondArray, UInt32Array, new_empty_array,
};
use arrow::compute::concat;
use arrow::datatypes::{Field, Schema, SchemaRef};
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Kind, Type};

/// The bytes of a value.
struct Raw(Option<Vec<u8>>);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Some(raw.to_vec())))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

const MICROS_BEFORE: i64 = 946_684_800_000_000;

/// All rows in one batch.
pub(crate) fn batch(names: &[(String, Type)], rows: &[Row]) -> (SchemaRef, RecordBatch) {
    let columns: Vec<ArrayRef> = names
        .iter()
        .enumerate()
        .map(|(index, (_, kind))| {
            let values: Vec<ArrayRef> = rows
                .iter()
                .map(|row| value(kind, row.get::<_, Raw>(index).0.as_deref()))
                .collect();
            let values: Vec<&dyn arrow::array::Array> = values.iter().map(|v| v.as_ref()).collect();
            match values.as_slice() {
                [] => new_empty_array(value(kind, None).data_type()),
                values => concat(values).unwrap(),
            }
        })
        .collect();
    let fields = names.iter().zip(&columns);
    let fields =
        fields.map(|((name, _), column)| Field::new(name, column.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    let batch = RecordBatch::try_new_with_options(schema.clone(), columns, &options).unwrap();
    (schema, batch)
}

/// A value in binary form.
fn value(kind: &Type, bytes: Option<&[u8]>) -> ArrayRef {
    let int = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0i64, |sum, byte| sum << 8 | i64::from(*byte))
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    match *kind {
        Type::BOOL => Arc::new(BooleanArray::from(vec![bytes.map(|b| b[0] != 0)])),
        Type::INT2 => Arc::new(Int16Array::from(vec![bytes.map(|b| int(b) as i16)])),
        Type::INT4 => Arc::new(Int32Array::from(vec![bytes.map(|b| int(b) as i32)])),
        Type::INT8 => Arc::new(Int64Array::from(vec![bytes.map(int)])),
        Type::OID => Arc::new(UInt32Array::from(vec![bytes.map(|b| int(b) as u32)])),
        Type::FLOAT4 => Arc::new(Float32Array::from(vec![
            bytes.map(|b| f32::from_be_bytes(b.try_into().unwrap())),
        ])),
        Type::FLOAT8 => Arc::new(Float64Array::from(vec![
            bytes.map(|b| f64::from_be_bytes(b.try_into().unwrap())),
        ])),
        Type::BYTEA => Arc::new(BinaryArray::from(vec![bytes])),
        Type::DATE => Arc::new(Date32Array::from(vec![
            bytes.map(|b| int(b) as i32 + 10_957),
        ])),
        Type::TIMESTAMP | Type::TIMESTAMPTZ => {
            let moment = bytes.map(|b| int(b) + MICROS_BEFORE);
            let moment = TimestampMicrosecondArray::from(vec![moment]);
            match *kind {
                Type::TIMESTAMP => Arc::new(moment),
                _ => Arc::new(moment.with_timezone("UTC")),
            }
        }
        Type::JSON => {
            let json = bytes.map(|bytes| plain(&serde_json::from_slice(bytes).unwrap()));
            Arc::new(StringViewArray::from(vec![json]))
        }
        // Shown as the engine shows it, and no text.
        Type::NUMERIC => Arc::new(StringViewArray::from(vec![bytes.map(numeric)])),
        _ => match kind.kind() {
            Kind::Array(item) => list(item, bytes),
            _ => Arc::new(StringArray::from(vec![bytes.map(text)])),
        },
    }
}

fn list(item: &Type, bytes: Option<&[u8]>) -> ArrayRef {
    let none = value(item, None);
    let field = Arc::new(Field::new_list_field(none.data_type().clone(), true));
    let Some(bytes) = bytes else {
        return Arc::new(ListArray::new_null(field, 1));
    };
    let word = |at: usize| i32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut items = Vec::new();
    let mut at = 20;
    while items.len() < if word(0) == 0 { 0 } else { word(12) as usize } {
        let length = word(at);
        at += 4;
        if length < 0 {
            items.push(value(item, None));
        } else {
            items.push(value(item, Some(&bytes[at..at + length as usize])));
            at += length as usize;
        }
    }
    let all: Vec<&dyn arrow::array::Array> = items.iter().map(|item| item.as_ref()).collect();
    let values = match all.as_slice() {
        [] => new_empty_array(none.data_type()),
        all => concat(all).unwrap(),
    };
    let lengths = arrow::buffer::OffsetBuffer::from_lengths([values.len()]);
    Arc::new(ListArray::new(field, lengths, values, None))
}

/// A map or a struct as the engine shows it.
fn plain(json: &Value) -> String {
    match json {
        Value::Null => "NULL".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| format!("{name}: {}", plain(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn numeric(bytes: &[u8]) -> String {
    let word = |at: usize| i16::from_be_bytes(bytes[at..at + 2].try_into().unwrap());
    let (count, weight, scale) = (word(0), word(2), word(6) as usize);
    let group = |index: i16| {
        if (0..count).contains(&index) {
            word(8 + 2 * index as usize)
        } else {
            0
        }
    };
    let whole: String = (0..=weight)
        .map(|index| format!("{:04}", group(index)))
        .collect();
    let fraction: String = (weight + 1..weight + 12)
        .map(|index| format!("{:04}", group(index)))
        .collect();
    let whole = whole.trim_start_matches('0');
    let sign = if word(4) == 0x4000 { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    match scale {
        0 => format!("{sign}{whole}"),
        scale => format!("{sign}{whole}.{}", &fraction[..scale]),
    }
}
