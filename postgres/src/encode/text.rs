//! Values as text.

use std::fmt::{self, Write};

use arrow::array::timezone::Tz;
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Decimal256Type, DecimalType, DurationMicrosecondType,
    Float32Type, Float64Type, Int16Type, Int32Type, Int64Type, IntervalMonthDayNanoType,
    Time64MicrosecondType, TimestampMicrosecondType, UInt32Type,
};
use bytes::BytesMut;
use postgres_types::Type;

use super::{Cell, array, json, time};
use crate::catalog::function_named;
use crate::error::{Result, code, refuse};

/// Where text is appended.
pub(super) struct Text<'a>(pub(super) &'a mut BytesMut);

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// The cells of `array` as text.
pub(super) fn cell<'a>(array: &'a ArrayRef, kind: &Type, zone: Tz) -> Result<Cell<'a>> {
    /// A cell that writes the value with a macro's arguments.
    macro_rules! shown {
        ($array:expr, $value:ident, $out:ident => $write:expr) => {{
            let array = $array;
            Box::new(move |row: usize, out: &mut BytesMut| {
                if array.is_null(row) {
                    return Ok(false);
                }
                let $value = array.value(row);
                let $out = &mut Text(out);
                // Writing into memory does not fail.
                let _ = $write;
                Ok(true)
            })
        }};
    }
    if *kind == Type::JSON || *kind == Type::JSONB {
        if let Some(texts) = array.as_string_opt::<i32>() {
            return Ok(shown!(texts, value, out => out.write_str(value)));
        }
        return Ok(Box::new(move |row, out| {
            if array.is_null(row) {
                return Ok(false);
            }
            json::write(array, row, &mut Text(out)).map(|()| true)
        }));
    }
    Ok(match array.data_type() {
        DataType::Boolean => {
            shown!(array.as_boolean(), value, out => out.write_str(if value { "t" } else { "f" }))
        }
        DataType::Int16 => shown!(array.as_primitive::<Int16Type>(), v, out => write!(out, "{v}")),
        DataType::Int32 => shown!(array.as_primitive::<Int32Type>(), v, out => write!(out, "{v}")),
        DataType::Int64 => shown!(array.as_primitive::<Int64Type>(), v, out => write!(out, "{v}")),
        DataType::UInt32 if *kind == Type::REGPROC => {
            shown!(array.as_primitive::<UInt32Type>(), v, out => match function_named(v) {
                Some(name) => out.write_str(name),
                None if v == 0 => out.write_str("-"),
                None => write!(out, "{v}"),
            })
        }
        DataType::UInt32 => {
            shown!(array.as_primitive::<UInt32Type>(), v, out => write!(out, "{v}"))
        }
        DataType::Float32 => {
            shown!(array.as_primitive::<Float32Type>(), v, out => float(out, v.into(), format!("{v:e}"), 6))
        }
        DataType::Float64 => {
            shown!(array.as_primitive::<Float64Type>(), v, out => float(out, v, format!("{v:e}"), 15))
        }
        DataType::Decimal128(precision, scale) => {
            let (precision, scale) = (*precision, *scale);
            shown!(array.as_primitive::<Decimal128Type>(), v, out => out.write_str(&Decimal128Type::format_decimal(v, precision, scale)))
        }
        DataType::Decimal256(precision, scale) => {
            let (precision, scale) = (*precision, *scale);
            shown!(array.as_primitive::<Decimal256Type>(), v, out => out.write_str(&Decimal256Type::format_decimal(v, precision, scale)))
        }
        DataType::Utf8 => shown!(array.as_string::<i32>(), value, out => out.write_str(value)),
        DataType::Binary => shown!(array.as_binary::<i32>(), value, out => hex(out, value)),
        DataType::Date32 => {
            shown!(array.as_primitive::<Date32Type>(), v, out => time::date(out, v))
        }
        DataType::Time64(_) => {
            shown!(array.as_primitive::<Time64MicrosecondType>(), v, out => time::clock(out, v))
        }
        DataType::Timestamp(_, None) => {
            shown!(array.as_primitive::<TimestampMicrosecondType>(), v, out => time::timestamp(out, v))
        }
        DataType::Timestamp(_, Some(_)) => {
            shown!(array.as_primitive::<TimestampMicrosecondType>(), v, out => time::timestamp_in(out, v, zone))
        }
        DataType::Interval(_) => {
            shown!(array.as_primitive::<IntervalMonthDayNanoType>(), v, out => time::interval(out, v.months, v.days, v.nanoseconds / 1000))
        }
        DataType::Duration(_) => {
            shown!(array.as_primitive::<DurationMicrosecondType>(), v, out => time::interval(out, 0, 0, v))
        }
        DataType::List(_) => return array::text(array, kind, zone),
        other => {
            return Err(refuse(
                code::UNSUPPORTED,
                format!("no client knows {other}"),
            ));
        }
    })
}

/// `\x` and two digits for each byte.
pub(super) fn hex(out: &mut impl Write, bytes: &[u8]) -> fmt::Result {
    out.write_str("\\x")?;
    bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
}

/// The shortest digits that mean `value`, which `scientific` has; with an exponent
/// below 0.0001 and from `digits` digits on.
pub(super) fn float(
    out: &mut impl Write,
    value: f64,
    scientific: String,
    digits: i32,
) -> fmt::Result {
    if value.is_nan() {
        return out.write_str("NaN");
    }
    if value.is_infinite() {
        return out.write_str(if value > 0.0 { "Infinity" } else { "-Infinity" });
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..digits).contains(&exponent) {
        return plain(out, mantissa, exponent);
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    write!(out, "{mantissa}e{sign}{:02}", exponent.abs())
}

/// `d.ddd` times ten to the power of `exponent`, without one.
fn plain(out: &mut impl Write, mantissa: &str, exponent: i32) -> fmt::Result {
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa),
    };
    let digits: String = digits.chars().filter(|c| *c != '.').collect();
    out.write_str(sign)?;
    if exponent < 0 {
        let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
        return write!(out, "0.{}{digits}", "0".repeat(zeros));
    }
    let whole = usize::try_from(exponent).unwrap_or(0) + 1;
    match digits.split_at_checked(whole) {
        Some((whole, "")) => out.write_str(whole),
        Some((whole, rest)) => write!(out, "{whole}.{rest}"),
        None => write!(out, "{digits}{}", "0".repeat(whole - digits.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_as_postgres_writes_them() {
        for (value, text) in [
            (0.1, "0.1"),
            (1.0, "1"),
            (-0.0, "-0"),
            (1e14, "100000000000000"),
            (1e15, "1e+15"),
            (1.5e300, "1.5e+300"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (123.456, "123.456"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
            (f64::NAN, "NaN"),
        ] {
            let mut out = String::new();
            float(&mut out, value, format!("{value:e}"), 15).unwrap();
            assert_eq!(out, text);
        }
    }
}
