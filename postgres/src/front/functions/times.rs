//! Times by PostgreSQL's templates, in other zones, and values as PostgreSQL's text.

use std::sync::Arc;

use arrow::array::timezone::Tz;
use arrow::array::{Array, ArrayRef, AsArray, StringBuilder, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Offset, TimeZone};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::scalar::ScalarValue;

use super::{SAME, function, text, utf8};
use crate::encode::text_of;
use crate::front::template::Template;

fn moment() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn wrong(text: impl Into<String>) -> DataFusionError {
    DataFusionError::Execution(text.into())
}

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        function("to_timestamp", SAME, moment(), |a| {
            let micros = match (a.first(), text(a, 1)) {
                (Some(value), Some(template)) if !value.is_null() => {
                    let text = text(a, 0).unwrap_or_default();
                    Some(
                        Template::new(&template)
                            .read(&text)
                            .map_err(wrong)?
                            .and_utc()
                            .timestamp_micros(),
                    )
                }
                (Some(value), None) => read(value)?,
                _ => None,
            };
            Ok(ScalarValue::TimestampMicrosecond(
                micros,
                Some("UTC".into()),
            ))
        }),
        function("to_date", SAME, DataType::Date32, |a| {
            let (Some(text), template) = (text(a, 0), text(a, 1)) else {
                return Ok(ScalarValue::Date32(None));
            };
            let template = template.unwrap_or_else(|| "YYYY-MM-DD".into());
            let date = Template::new(&template).read(&text).map_err(wrong)?.date();
            let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default();
            let days = date.signed_duration_since(epoch).num_days();
            Ok(ScalarValue::Date32(i32::try_from(days).ok()))
        }),
        function("to_char", SAME, DataType::Utf8, |a| {
            let (Some(value), Some(template)) = (a.first(), text(a, 1)) else {
                return Ok(utf8(None));
            };
            if value.is_null() {
                return Ok(utf8(None));
            }
            if value.data_type().is_numeric() {
                return crate::front::template::number(value, &template)
                    .map(utf8)
                    .map_err(wrong);
            }
            let micros = value.cast_to(&DataType::Timestamp(TimeUnit::Microsecond, None))?;
            let ScalarValue::TimestampMicrosecond(Some(micros), _) = micros else {
                return Ok(utf8(None));
            };
            let time =
                DateTime::from_timestamp_micros(micros).ok_or_else(|| wrong("no such time"))?;
            Ok(utf8(Template::new(&template).write(time.naive_utc())))
        }),
        ScalarUDF::from(InZone {
            signature: Signature::any(2, Volatility::Immutable),
        }),
        ScalarUDF::from(AsText {
            signature: Signature::any(1, Volatility::Stable),
        }),
    ]
}

/// Microseconds from 1970 of a time as text, or of seconds from 1970.
fn read(value: &ScalarValue) -> Result<Option<i64>> {
    if value.data_type().is_numeric() {
        return Ok(match value.cast_to(&DataType::Float64)? {
            ScalarValue::Float64(Some(seconds)) => Some((seconds * 1e6).round() as i64),
            _ => None,
        });
    }
    match value.cast_to(&moment())? {
        ScalarValue::TimestampMicrosecond(micros, _) => Ok(micros),
        _ => Ok(None),
    }
}

/// `AT TIME ZONE`: what clocks showed there at a moment, or the moment at which they did.
#[derive(Debug, PartialEq, Eq, Hash)]
struct InZone {
    signature: Signature,
}

impl ScalarUDFImpl for InZone {
    fn name(&self) -> &str {
        "timezone"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok(match arguments.get(1) {
            Some(DataType::Timestamp(_, None) | DataType::Date32) => moment(),
            _ => DataType::Timestamp(TimeUnit::Microsecond, None),
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_one = args
            .args
            .iter()
            .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [zones, times] = arrays.as_slice() else {
            return Err(DataFusionError::Internal("two arguments are wanted".into()));
        };
        let is_clock = matches!(args.return_type(), DataType::Timestamp(_, Some(_)));
        let zones = cast(zones, &DataType::Utf8)?;
        let zones = zones.as_string::<i32>();
        let times = if is_clock {
            cast(times, &DataType::Timestamp(TimeUnit::Microsecond, None))?
        } else {
            cast(times, &moment())?
        };
        let times = times.as_primitive::<TimestampMicrosecondType>();
        let mut last: Option<(&str, Tz)> = None;
        let mut shifted = Vec::with_capacity(times.len());
        for row in 0..times.len() {
            if zones.is_null(row) || times.is_null(row) {
                shifted.push(None);
                continue;
            }
            let name = zones.value(row);
            let zone = match last {
                Some((known, zone)) if known == name => zone,
                _ => name
                    .parse()
                    .map_err(|_| wrong(format!("time zone \"{name}\" not recognized")))?,
            };
            last = Some((name, zone));
            let time =
                DateTime::from_timestamp_micros(times.value(row)).map(|time| time.naive_utc());
            shifted.push(time.and_then(|time| shift(time, zone, is_clock)));
        }
        let array = TimestampMicrosecondArray::from(shifted);
        let array: ArrayRef = if is_clock {
            Arc::new(array.with_timezone("UTC"))
        } else {
            Arc::new(array)
        };
        if is_one {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                &array, 0,
            )?));
        }
        Ok(ColumnarValue::Array(array))
    }
}

fn shift(time: NaiveDateTime, zone: Tz, is_clock: bool) -> Option<i64> {
    if is_clock {
        // Of an hour that comes twice the first; of one that is left out the one after.
        let local = zone.offset_from_local_datetime(&time).earliest();
        let offset = local
            .unwrap_or_else(|| zone.offset_from_utc_datetime(&time))
            .fix();
        return Some(
            time.checked_sub_offset(offset)?
                .and_utc()
                .timestamp_micros(),
        );
    }
    let offset = zone.offset_from_utc_datetime(&time).fix();
    Some(
        time.checked_add_offset(offset)?
            .and_utc()
            .timestamp_micros(),
    )
}

/// A cast to text: what a client would see.
#[derive(Debug, PartialEq, Eq, Hash)]
struct AsText {
    signature: Signature,
}

impl ScalarUDFImpl for AsText {
    fn name(&self) -> &str {
        "pg_text"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_one = matches!(args.args.first(), Some(ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let (Some(array), Some(field)) = (arrays.first(), args.arg_fields.first()) else {
            return Err(DataFusionError::Internal("an argument is wanted".into()));
        };
        let zone = args
            .config_options
            .execution
            .time_zone
            .as_deref()
            .unwrap_or("UTC");
        let zone: Tz = zone.parse().or_else(|_| "+00:00".parse())?;
        let texts: ArrayRef = match array.data_type() {
            DataType::Utf8 => array.clone(),
            // Here, unlike in what a client sees, this is a word.
            DataType::Boolean => {
                let words = array.as_boolean().iter();
                let words =
                    words.map(|value| value.map(|value| if value { "true" } else { "false" }));
                let mut out = StringBuilder::new();
                words.for_each(|word| out.append_option(word));
                Arc::new(out.finish())
            }
            _ => text_of(array, field, zone).map_err(wrong)?,
        };
        if is_one {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                &texts, 0,
            )?));
        }
        Ok(ColumnarValue::Array(texts))
    }

    /// Text is text already: a filter on it stays one that files can be skipped by.
    fn simplify(&self, mut args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let is_text =
            matches!(args.as_slice(), [arg] if info.get_data_type(arg)? == DataType::Utf8);
        match args.pop() {
            Some(arg) if is_text => Ok(ExprSimplifyResult::Simplified(arg)),
            Some(arg) => Ok(ExprSimplifyResult::Original(vec![arg])),
            None => Ok(ExprSimplifyResult::Original(args)),
        }
    }
}
