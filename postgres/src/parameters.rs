//! Values that clients give for `$1`, `$2`, ...: from text or binary to Arrow.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray, new_null_array};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, IntervalMonthDayNano, Schema};
use bytes::{Buf, Bytes};
use datafusion::scalar::ScalarValue;
use postgres_types::{Kind, Type};

use crate::encode::numeric;
use crate::encode::time::{DAYS_BEFORE, MICROS_BEFORE};
use crate::error::{Refusal, Result, Told, code, refuse};

/// Digits that a number may have.
const DIGITS_MAX: usize = 38;
/// Dimensions of an array: those with more are no lists here.
const DIMENSIONS_MAX: i32 = 1;
/// The first byte of binary `jsonb`.
const JSONB_VERSION: u8 = 1;

/// A row of `values`, each in its format, with the types of a statement's parameters.
pub(crate) fn row(
    values: &[Option<Bytes>],
    formats: &[i16],
    types: &[Type],
) -> Result<RecordBatch> {
    let columns = values.iter().zip(types).enumerate();
    let columns = columns.map(|(index, (value, kind))| {
        let format = crate::encode::format(formats, index);
        let column = match value {
            Some(bytes) => value_of(bytes, format, kind),
            None => Ok(new_null_array(&arrow_of(kind), 1)),
        };
        column.map_err(|error| at(error, index + 1))
    });
    batch(columns.collect::<Result<_>>()?)
}

/// A row of these columns.
pub(crate) fn batch(columns: Vec<ArrayRef>) -> Result<RecordBatch> {
    let fields = columns.iter().enumerate().map(|(index, column)| {
        Field::new(format!("${}", index + 1), column.data_type().clone(), true)
    });
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let options = RecordBatchOptions::new().with_row_count(Some(1));
    RecordBatch::try_new_with_options(schema, columns, &options)
        .map_err(|error| refuse(code::INTERNAL, error.to_string()))
}

/// In which type a parameter of `kind` is bound.
pub(crate) fn arrow_of(kind: &Type) -> DataType {
    crate::types::to_arrow(kind).unwrap_or(DataType::Utf8)
}

fn at(error: Refusal, number: usize) -> Refusal {
    match error {
        Refusal::Told(mut told) => {
            told.message = format!("parameter ${number}: {}", told.message);
            Refusal::Told(told)
        }
        other => other,
    }
}

fn value_of(bytes: &Bytes, format: i16, kind: &Type) -> Result<ArrayRef> {
    match format {
        0 => {
            let text = std::str::from_utf8(bytes)
                .map_err(|_| refuse(code::VALUE, "the text is not UTF-8"))?;
            if text.contains('\0') {
                return Err(refuse(code::VALUE, "the text has a zero character"));
            }
            of_text(text, kind)
        }
        1 => of_binary(bytes, kind),
        other => Err(refuse(
            code::PROTOCOL,
            format!("unsupported format code: {other}"),
        )),
    }
}

fn bad(text: &str, kind: &Type) -> Refusal {
    let name = crate::types::formatted(kind, -1);
    let told = format!("invalid input syntax for type {name}: \"{text}\"");
    let code = match *kind {
        Type::DATE | Type::TIME | Type::TIMESTAMP | Type::TIMESTAMPTZ => code::TIME_FORMAT,
        _ => code::VALUE,
    };
    Told::new(code, told).into()
}

fn one(value: ScalarValue) -> Result<ArrayRef> {
    let array = value.to_array();
    array.map_err(|error| refuse(code::INTERNAL, error.to_string()))
}

/// A value that is given as text.
pub(crate) fn of_text(text: &str, kind: &Type) -> Result<ArrayRef> {
    let wrong = || bad(text, kind);
    if let Kind::Array(item) = kind.kind() {
        let items = items(text).ok_or_else(wrong)?;
        let items = items.iter().map(|text| match text {
            Some(text) => of_text(text, item),
            None => Ok(new_null_array(&arrow_of(item), 1)),
        });
        return list(items.collect::<Result<_>>()?, item);
    }
    let trimmed = text.trim();
    match *kind {
        Type::BOOL => {
            let value = match trimmed.to_lowercase().as_str() {
                "t" | "true" | "y" | "yes" | "on" | "1" => true,
                "f" | "false" | "n" | "no" | "off" | "0" => false,
                _ => return Err(wrong()),
            };
            one(ScalarValue::Boolean(Some(value)))
        }
        Type::NUMERIC => decimal(trimmed).ok_or_else(wrong),
        Type::BYTEA => {
            let bytes = match text.strip_prefix("\\x") {
                Some(digits) => hex(digits).ok_or_else(wrong)?,
                None => text.as_bytes().to_vec(),
            };
            one(ScalarValue::Binary(Some(bytes)))
        }
        Type::FLOAT4 | Type::FLOAT8 => {
            let value: f64 = trimmed.parse().map_err(|_| wrong())?;
            cast(one(ScalarValue::Float64(Some(value)))?, kind).ok_or_else(wrong)
        }
        _ => {
            let target = arrow_of(kind);
            let text = if target == DataType::Utf8 {
                text
            } else {
                trimmed
            };
            let texts: ArrayRef = Arc::new(StringArray::from(vec![text]));
            cast(texts, kind).ok_or_else(wrong)
        }
    }
}

/// `array` in the type of `kind`; nothing for a value that does not fit.
fn cast(array: ArrayRef, kind: &Type) -> Option<ArrayRef> {
    let options = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    cast_with_options(&array, &arrow_of(kind), &options).ok()
}

/// A number with as many digits after the point as it is given with.
fn decimal(text: &str) -> Option<ArrayRef> {
    if text.eq_ignore_ascii_case("nan") || text.to_lowercase().ends_with("infinity") {
        return one(ScalarValue::Float64(text.parse().ok())).ok();
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
        None => (text, 0i32),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (sign, whole) = match whole.strip_prefix('-') {
        Some(whole) => ("-", whole),
        None => ("", whole.strip_prefix('+').unwrap_or(whole)),
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    let mut digits = format!("{whole}{fraction}");
    let mut scale = i32::try_from(fraction.len()).ok()? - exponent;
    if scale < 0 {
        digits.push_str(&"0".repeat(usize::try_from(-scale).ok().filter(|n| *n <= DIGITS_MAX)?));
        scale = 0;
    }
    let digits = digits.trim_start_matches('0');
    if digits.len() > DIGITS_MAX || scale > DIGITS_MAX as i32 {
        return one(ScalarValue::Float64(text.parse().ok())).ok();
    }
    let value: i128 = format!("{sign}0{digits}").parse().ok()?;
    let scale = i8::try_from(scale).ok()?;
    one(ScalarValue::Decimal128(
        Some(value),
        DIGITS_MAX as u8,
        scale,
    ))
    .ok()
}

fn hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = digits
        .chars()
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()?;
    let pairs = digits.chunks(2);
    pairs
        .map(|pair| Some((pair[0] << 4 | *pair.get(1)?) as u8))
        .collect()
}

/// The items of `{1,NULL,"a b"}`; nothing for what is none, or has more dimensions.
pub(crate) fn items(text: &str) -> Option<Vec<Option<String>>> {
    let inside = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut items = Vec::new();
    let mut chars = inside.chars().peekable();
    if inside.trim().is_empty() {
        return Some(items);
    }
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let mut item = String::new();
        let mut is_quoted = false;
        if chars.next_if_eq(&'"').is_some() {
            is_quoted = true;
            loop {
                match chars.next()? {
                    '"' => break,
                    '\\' => item.push(chars.next()?),
                    c => item.push(c),
                }
            }
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
        } else {
            while let Some(c) = chars.next_if(|c| *c != ',') {
                match c {
                    '{' | '}' | '"' => return None,
                    '\\' => item.push(chars.next()?),
                    c => item.push(c),
                }
            }
            item.truncate(item.trim_end().len());
            if item.is_empty() {
                return None;
            }
        }
        let is_null = !is_quoted && item.eq_ignore_ascii_case("null");
        items.push((!is_null).then_some(item));
        match chars.next() {
            None => return Some(items),
            Some(',') => {}
            Some(_) => return None,
        }
    }
}

fn list(items: Vec<ArrayRef>, item: &Type) -> Result<ArrayRef> {
    let kind = arrow_of(item);
    let items = items.into_iter().map(|value| {
        // Numbers have as many digits each as they were given with.
        let value = cast(value, item);
        let value = value.ok_or_else(|| refuse(code::RANGE, "a number has too many digits"))?;
        ScalarValue::try_from_array(&value, 0)
            .map_err(|error| refuse(code::VALUE, error.to_string()))
    });
    let items = items.collect::<Result<Vec<_>>>()?;
    Ok(ScalarValue::new_list_nullable(&items, &kind))
}

/// A value in PostgreSQL's binary form.
fn of_binary(mut bytes: &[u8], kind: &Type) -> Result<ArrayRef> {
    let wrong = || {
        let name = crate::types::formatted(kind, -1);
        refuse(
            code::BINARY,
            format!("incorrect binary data format for type {name}"),
        )
    };
    if let Kind::Array(item) = kind.kind() {
        return binary_list(bytes, item);
    }
    let wanted = match crate::types::size(kind) {
        _ if matches!(*kind, Type::NAME | Type::CHAR | Type::UUID) => None,
        size => usize::try_from(size).ok(),
    };
    if wanted.is_some_and(|wanted| wanted != bytes.len()) {
        return Err(wrong());
    }
    one(match *kind {
        Type::BOOL => ScalarValue::Boolean(Some(bytes[0] != 0)),
        Type::INT2 => ScalarValue::Int16(Some(bytes.get_i16())),
        Type::INT4 => ScalarValue::Int32(Some(bytes.get_i32())),
        Type::INT8 => ScalarValue::Int64(Some(bytes.get_i64())),
        Type::OID | Type::REGCLASS | Type::REGTYPE | Type::REGPROC | Type::XID => {
            ScalarValue::UInt32(Some(bytes.get_u32()))
        }
        Type::FLOAT4 => ScalarValue::Float32(Some(bytes.get_f32())),
        Type::FLOAT8 => ScalarValue::Float64(Some(bytes.get_f64())),
        Type::NUMERIC => {
            return numeric::read(bytes)
                .and_then(|text| decimal(&text))
                .ok_or_else(wrong);
        }
        Type::BYTEA => ScalarValue::Binary(Some(bytes.to_vec())),
        Type::DATE => ScalarValue::Date32(Some(bytes.get_i32().saturating_add(DAYS_BEFORE))),
        Type::TIME => ScalarValue::Time64Nanosecond(Some(bytes.get_i64().saturating_mul(1000))),
        Type::TIMESTAMP => ScalarValue::TimestampMicrosecond(
            Some(bytes.get_i64().saturating_add(MICROS_BEFORE)),
            None,
        ),
        Type::TIMESTAMPTZ => ScalarValue::TimestampMicrosecond(
            Some(bytes.get_i64().saturating_add(MICROS_BEFORE)),
            Some("UTC".into()),
        ),
        Type::INTERVAL => {
            let (micros, days, months) = (bytes.get_i64(), bytes.get_i32(), bytes.get_i32());
            let nanos = micros.saturating_mul(1000);
            ScalarValue::IntervalMonthDayNano(Some(IntervalMonthDayNano::new(months, days, nanos)))
        }
        Type::UUID => {
            let bytes: [u8; 16] = bytes.try_into().map_err(|_| wrong())?;
            ScalarValue::Utf8(Some(uuid::Uuid::from_bytes(bytes).to_string()))
        }
        Type::JSONB if bytes.first() == Some(&JSONB_VERSION) => utf8(&bytes[1..], wrong)?,
        _ => utf8(bytes, wrong)?,
    })
}

fn utf8(bytes: &[u8], wrong: impl Fn() -> Refusal) -> Result<ScalarValue> {
    let text = std::str::from_utf8(bytes).map_err(|_| wrong())?;
    Ok(ScalarValue::Utf8(Some(text.to_owned())))
}

fn binary_list(mut bytes: &[u8], item: &Type) -> Result<ArrayRef> {
    let wrong = || refuse(code::BINARY, "incorrect binary data format of an array");
    if bytes.len() < 12 {
        return Err(wrong());
    }
    let (dimensions, _has_nulls, oid) = (bytes.get_i32(), bytes.get_i32(), bytes.get_u32());
    if dimensions > DIMENSIONS_MAX {
        return Err(refuse(code::UNSUPPORTED, "arrays have one dimension here"));
    }
    // What it says of its items may be more exact than what was declared.
    let item = Type::from_oid(oid).unwrap_or_else(|| item.clone());
    let mut items = Vec::new();
    if dimensions == 1 {
        if bytes.len() < 8 {
            return Err(wrong());
        }
        let (count, _first) = (bytes.get_i32(), bytes.get_i32());
        for _ in 0..count {
            if bytes.len() < 4 {
                return Err(wrong());
            }
            let length = bytes.get_i32();
            let Ok(length) = usize::try_from(length) else {
                items.push(new_null_array(&arrow_of(&item), 1));
                continue;
            };
            let (value, rest) = bytes.split_at_checked(length).ok_or_else(wrong)?;
            items.push(of_binary(value, &item)?);
            bytes = rest;
        }
    }
    list(items, &item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::util::display::array_value_to_string;

    fn shown(text: &str, kind: &Type) -> String {
        array_value_to_string(&of_text(text, kind).unwrap(), 0).unwrap()
    }

    #[test]
    fn texts() {
        for (text, kind, value) in [
            ("12", Type::INT4, "12"),
            (" 7 ", Type::INT8, "7"),
            ("yes", Type::BOOL, "true"),
            ("Infinity", Type::FLOAT8, "inf"),
            ("1.50", Type::NUMERIC, "1.50"),
            ("1e3", Type::NUMERIC, "1000"),
            ("2026-05-03", Type::DATE, "2026-05-03"),
            (
                "2026-05-03 10:00:00+02",
                Type::TIMESTAMPTZ,
                "2026-05-03T08:00:00Z",
            ),
            (
                "2026-05-03 10:00:00.5",
                Type::TIMESTAMP,
                "2026-05-03T10:00:00.500",
            ),
            ("\\x00ff", Type::BYTEA, "00ff"),
            ("{1,NULL,3}", Type::INT4_ARRAY, "[1, , 3]"),
            ("{a,\"b c\",\"q\\\"\"}", Type::TEXT_ARRAY, "[a, b c, q\"]"),
            ("{}", Type::TEXT_ARRAY, "[]"),
            (
                "{1.5,2.25}",
                Type::NUMERIC_ARRAY,
                "[1.5000000000, 2.2500000000]",
            ),
        ] {
            assert_eq!(shown(text, &kind), value, "{text}");
        }
        for (text, kind) in [
            ("x", Type::INT4),
            ("99999999999", Type::INT4),
            ("2026-13-01", Type::DATE),
            ("maybe", Type::BOOL),
            ("{{1}}", Type::INT4_ARRAY),
            ("\\xZZ", Type::BYTEA),
            ("1.2.3", Type::NUMERIC),
        ] {
            assert!(of_text(text, &kind).is_err(), "{text}");
        }
    }

    #[test]
    fn binaries_of_the_wrong_size_are_refused() {
        assert!(of_binary(&[1, 2], &Type::INT4).is_err());
        assert!(of_binary(&[], &Type::BOOL).is_err());
        assert!(of_binary(&[0; 11], &Type::INT4_ARRAY).is_err());
        assert!(
            of_binary(
                &[
                    0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0x7f, 0, 0, 0, 0, 0, 0, 1
                ],
                &Type::INT4_ARRAY
            )
            .is_err()
        );
    }
}
