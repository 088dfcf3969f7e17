//! Values in PostgreSQL's binary form: numbers in network order, times from 2000 on.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Decimal256Type, DecimalType, DurationMicrosecondType,
    Float32Type, Float64Type, Int16Type, Int32Type, Int64Type, IntervalMonthDayNanoType,
    Time64MicrosecondType, TimestampMicrosecondType, UInt32Type,
};
use bytes::{BufMut, BytesMut};
use postgres_types::Type;

use super::text::Text;
use super::time::{DAYS_BEFORE, MICROS_BEFORE};
use super::{Cell, array, json, numeric};
use crate::error::{Result, code, refuse};

/// The first byte of binary `jsonb`: the version of its form.
const JSONB_VERSION: u8 = 1;

/// The cells of `array` in binary form.
pub(super) fn cell<'a>(array: &'a ArrayRef, kind: &Type) -> Result<Cell<'a>> {
    /// A cell that appends the value.
    macro_rules! put {
        ($array:expr, $value:ident, $out:ident => $put:expr) => {{
            let array = $array;
            Box::new(move |row: usize, $out: &mut BytesMut| {
                if array.is_null(row) {
                    return Ok(false);
                }
                let $value = array.value(row);
                $put;
                Ok(true)
            })
        }};
    }
    if *kind == Type::JSON || *kind == Type::JSONB {
        let has_version = *kind == Type::JSONB;
        return Ok(Box::new(move |row, out| {
            if array.is_null(row) {
                return Ok(false);
            }
            if has_version {
                out.put_u8(JSONB_VERSION);
            }
            match array.as_string_opt::<i32>() {
                Some(texts) => out.put_slice(texts.value(row).as_bytes()),
                None => json::write(array, row, &mut Text(out))?,
            }
            Ok(true)
        }));
    }
    Ok(match array.data_type() {
        DataType::Boolean => put!(array.as_boolean(), v, out => out.put_u8(v.into())),
        DataType::Int16 => put!(array.as_primitive::<Int16Type>(), v, out => out.put_i16(v)),
        DataType::Int32 => put!(array.as_primitive::<Int32Type>(), v, out => out.put_i32(v)),
        DataType::Int64 => put!(array.as_primitive::<Int64Type>(), v, out => out.put_i64(v)),
        DataType::UInt32 => put!(array.as_primitive::<UInt32Type>(), v, out => out.put_u32(v)),
        DataType::Float32 => put!(array.as_primitive::<Float32Type>(), v, out => out.put_f32(v)),
        DataType::Float64 => put!(array.as_primitive::<Float64Type>(), v, out => out.put_f64(v)),
        DataType::Decimal128(precision, scale) => {
            let (precision, scale) = (*precision, *scale);
            put!(array.as_primitive::<Decimal128Type>(), v, out => {
                numeric::write(&Decimal128Type::format_decimal(v, precision, scale), out);
            })
        }
        DataType::Decimal256(precision, scale) => {
            let (precision, scale) = (*precision, *scale);
            put!(array.as_primitive::<Decimal256Type>(), v, out => {
                numeric::write(&Decimal256Type::format_decimal(v, precision, scale), out);
            })
        }
        DataType::Utf8 => put!(array.as_string::<i32>(), v, out => out.put_slice(v.as_bytes())),
        DataType::Binary => put!(array.as_binary::<i32>(), v, out => out.put_slice(v)),
        DataType::Date32 => {
            put!(array.as_primitive::<Date32Type>(), v, out => out.put_i32(v.saturating_sub(DAYS_BEFORE)))
        }
        DataType::Time64(_) => {
            put!(array.as_primitive::<Time64MicrosecondType>(), v, out => out.put_i64(v))
        }
        DataType::Timestamp(..) => {
            put!(array.as_primitive::<TimestampMicrosecondType>(), v, out => {
                out.put_i64(v.saturating_sub(MICROS_BEFORE));
            })
        }
        DataType::Interval(_) => {
            put!(array.as_primitive::<IntervalMonthDayNanoType>(), v, out => {
                out.put_i64(v.nanoseconds / 1000);
                out.put_i32(v.days);
                out.put_i32(v.months);
            })
        }
        DataType::Duration(_) => {
            put!(array.as_primitive::<DurationMicrosecondType>(), v, out => {
                out.put_i64(v);
                out.put_i64(0);
            })
        }
        DataType::List(_) => return array::binary(array, kind),
        other => {
            return Err(refuse(
                code::UNSUPPORTED,
                format!("no client knows {other}"),
            ));
        }
    })
}
