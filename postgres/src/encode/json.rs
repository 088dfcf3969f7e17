//! Values as JSON: maps, structs and lists of them.

use std::fmt::Write;

use arrow::array::timezone::Tz;
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::{stored_type, time};
use crate::error::{Result, code, refuse};

/// How deep values may nest.
const DEPTH_MAX: usize = 64;

/// Writes the value of `array` at `row`.
pub(crate) fn write(array: &ArrayRef, row: usize, out: &mut impl Write) -> Result<()> {
    value(array, row, out, DEPTH_MAX)
}

fn value(array: &ArrayRef, row: usize, out: &mut impl Write, depth: usize) -> Result<()> {
    if depth == 0 {
        return Err(refuse(
            code::DEEP,
            format!("a value nests deeper than {DEPTH_MAX}"),
        ));
    }
    if array.is_null(row) {
        return put(out, "null");
    }
    match array.data_type() {
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            put(out, "{")?;
            for entry in 0..entries.len() {
                comma(out, entry)?;
                let key = plain(keys, entry)?;
                quoted(out, &key)?;
                put(out, ": ")?;
                value(values, entry, out, depth - 1)?;
            }
            put(out, "}")
        }
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            put(out, "{")?;
            for (index, (field, column)) in fields.iter().zip(columns).enumerate() {
                comma(out, index)?;
                quoted(out, field.name())?;
                put(out, ": ")?;
                value(column, row, out, depth - 1)?;
            }
            put(out, "}")
        }
        DataType::List(_) => items(&array.as_list::<i32>().value(row), out, depth),
        DataType::LargeList(_) => items(&array.as_list::<i64>().value(row), out, depth),
        DataType::FixedSizeList(..) => items(&array.as_fixed_size_list().value(row), out, depth),
        DataType::Boolean => put(
            out,
            if array.as_boolean().value(row) {
                "true"
            } else {
                "false"
            },
        ),
        DataType::Float64 => number(out, array.as_primitive::<Float64Type>().value(row)),
        DataType::Float32 => number(out, array.as_primitive::<Float32Type>().value(row).into()),
        kind if kind.is_numeric() => put(out, &plain(array, row)?),
        _ => {
            let text = plain(array, row)?;
            quoted(out, &text)
        }
    }
}

fn items(items: &ArrayRef, out: &mut impl Write, depth: usize) -> Result<()> {
    put(out, "[")?;
    for item in 0..items.len() {
        comma(out, item)?;
        value(items, item, out, depth - 1)?;
    }
    put(out, "]")
}

fn comma(out: &mut impl Write, index: usize) -> Result<()> {
    put(out, if index == 0 { "" } else { ", " })
}

/// JSON has no number for what is none, or infinite: those are text.
fn number(out: &mut impl Write, value: f64) -> Result<()> {
    if value.is_finite() {
        put(out, &format!("{value:?}"))
    } else if value.is_nan() {
        put(out, "\"NaN\"")
    } else {
        put(
            out,
            if value > 0.0 {
                "\"Infinity\""
            } else {
                "\"-Infinity\""
            },
        )
    }
}

/// A value without quotes.
fn plain(array: &ArrayRef, row: usize) -> Result<String> {
    if let DataType::Timestamp(_, zone) = array.data_type() {
        return moment(array, row, zone.is_some());
    }
    let formatted = ArrayFormatter::try_new(array, &FormatOptions::default())
        .and_then(|formatter| formatter.value(row).try_to_string());
    formatted.map_err(|error| refuse(code::INTERNAL, error.to_string()))
}

fn moment(array: &ArrayRef, row: usize, is_moment: bool) -> Result<String> {
    let failed = |error: String| refuse(code::RANGE, error);
    let micros = arrow::compute::cast(&array.slice(row, 1), &stored_type(array.data_type()))
        .map_err(|error| failed(error.to_string()))?;
    let micros = micros
        .as_primitive::<arrow::datatypes::TimestampMicrosecondType>()
        .value(0);
    let mut text = String::new();
    if is_moment {
        let utc: Tz = "+00:00".parse().map_err(|_| failed("no UTC".into()))?;
        let _ = time::timestamp_in(&mut text, micros, utc);
    } else {
        let _ = time::timestamp(&mut text, micros);
    }
    let text = text.replacen(' ', "T", 1);
    Ok(if is_moment {
        format!("{text}:00")
    } else {
        text
    })
}

fn quoted(out: &mut impl Write, text: &str) -> Result<()> {
    match serde_json::to_string(text) {
        Ok(text) => put(out, &text),
        Err(error) => Err(refuse(code::INTERNAL, error.to_string())),
    }
}

fn put(out: &mut impl Write, text: &str) -> Result<()> {
    out.write_str(text)
        .map_err(|error| refuse(code::INTERNAL, error.to_string()))
}
