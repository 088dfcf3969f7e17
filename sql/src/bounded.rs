//! Functions that make much of little: how much is known before they are called.
//!
//! What a function makes of one batch of rows is not counted as the query's memory, and
//! cannot be interrupted. For most functions that is little; `range(0, 10000000000)` or
//! `repeat('x', 2000000000)` would be all the memory there is.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, FieldRef, Int64Type, IntervalMonthDayNanoType, IntervalUnit, TimeUnit,
};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF,
    ScalarUDFImpl, Signature,
};

use crate::amount;
use crate::error::Error;

/// Bytes that one call makes of a batch, at most.
const MADE_MAX: u128 = 256 << 20;

const DAY: i128 = 86_400_000_000_000;
/// Of a month, at least.
const MONTH: i128 = 28 * DAY;

/// Bytes that a function will make of its arguments.
type Estimate = fn(&[ArrayRef]) -> u128;

const ESTIMATES: [(&str, Estimate); 7] = [
    ("range", ranges),
    ("generate_series", ranges),
    ("repeat", repeated_text),
    ("array_repeat", repeated),
    ("array_resize", counted),
    ("lpad", counted),
    ("rpad", counted),
];

/// Those functions of `session`, bounded.
pub(crate) fn functions(session: &SessionState) -> Vec<Arc<ScalarUDF>> {
    let known = session.scalar_functions();
    let bounded = ESTIMATES.into_iter().filter_map(|(name, estimate)| {
        let inner = known.get(name)?.clone();
        Some(Arc::new(ScalarUDF::new_from_impl(Bounded {
            inner,
            estimate,
        })))
    });
    bounded.collect()
}

#[derive(Debug)]
struct Bounded {
    inner: Arc<ScalarUDF>,
    estimate: Estimate,
}

impl PartialEq for Bounded {
    fn eq(&self, other: &Self) -> bool {
        self.inner == other.inner
    }
}

impl Eq for Bounded {}

impl Hash for Bounded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.inner.hash(state);
    }
}

impl ScalarUDFImpl for Bounded {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        self.inner.return_field_from_args(args)
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.inner().coerce_types(types)
    }

    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        self.inner.inner().simplify(args, info)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_one = |arg: &ColumnarValue| matches!(arg, ColumnarValue::Scalar(_));
        let rows = if args.args.iter().all(is_one) {
            1
        } else {
            args.number_rows
        };
        let arrays = args.args.iter().map(|arg| arg.to_array(rows));
        let made = (self.estimate)(&arrays.collect::<Result<Vec<_>>>()?);
        if made > MADE_MAX {
            let error = Error::TooLarge(format!(
                "{} would make {} MiB of one batch of rows, and at most {} is accepted: ask for \
                 less, or write it as a table, as in FROM generate_series(1, 1000000)",
                self.name(),
                made >> 20,
                amount::bytes(MADE_MAX as u64),
            ));
            return Err(DataFusionError::External(Box::new(error)));
        }
        self.inner.invoke_with_args(args)
    }
}

/// Numbers, or moments and spans of time in nanoseconds.
fn numbers(array: &ArrayRef) -> Vec<Option<i128>> {
    let whole = |array: &ArrayRef, scale: i128| -> Vec<Option<i128>> {
        let Ok(array) = cast(array, &DataType::Int64) else {
            return Vec::new();
        };
        let numbers = array.as_primitive::<Int64Type>().iter();
        numbers
            .map(|number| Some(i128::from(number?) * scale))
            .collect()
    };
    match array.data_type() {
        DataType::Interval(IntervalUnit::MonthDayNano) => {
            let spans = array.as_primitive::<IntervalMonthDayNanoType>().iter();
            let span = |span| {
                let (months, days, rest) = IntervalMonthDayNanoType::to_parts(span);
                i128::from(months) * MONTH + i128::from(days) * DAY + i128::from(rest)
            };
            spans.map(|value| value.map(span)).collect()
        }
        DataType::Date32 => {
            let days = cast(array, &DataType::Int32);
            days.map(|days| whole(&days, DAY)).unwrap_or_default()
        }
        DataType::Date64 | DataType::Timestamp(TimeUnit::Millisecond, _) => whole(array, 1_000_000),
        DataType::Timestamp(TimeUnit::Second, _) => whole(array, 1_000_000_000),
        DataType::Timestamp(TimeUnit::Microsecond, _) => whole(array, 1000),
        _ => whole(array, 1),
    }
}

/// Eight bytes for each value from the one to the other.
fn ranges(args: &[ArrayRef]) -> u128 {
    let args: Vec<_> = args.iter().map(numbers).collect();
    let (start, stop, step) = match args.as_slice() {
        [stop] => (None, stop, None),
        [start, stop] => (Some(start), stop, None),
        [start, stop, step] => (Some(start), stop, Some(step)),
        _ => return 0,
    };
    let at = |numbers: Option<&Vec<Option<i128>>>, row: usize, default: i128| match numbers {
        Some(numbers) => numbers.get(row).copied().flatten(),
        None => Some(default),
    };
    let values = stop.iter().enumerate().map(|(row, stop)| {
        let (start, step) = (at(start, row, 0)?, at(step, row, 1)?);
        let span = (*stop)? - start;
        let forwards = step != 0 && (span >= 0) == (step > 0);
        forwards.then(|| span.unsigned_abs() / step.unsigned_abs() + 1)
    });
    values
        .flatten()
        .fold(0, u128::saturating_add)
        .saturating_mul(8)
}

/// The length of each text, as often as it is told.
fn repeated_text(args: &[ArrayRef]) -> u128 {
    let [texts, times] = args else {
        return 0;
    };
    let Ok(texts) = cast(texts, &DataType::LargeUtf8) else {
        return 0;
    };
    let texts = texts.as_string::<i64>().iter();
    let made = texts.zip(numbers(times)).map(|(text, times)| {
        let times = u128::try_from(times?).ok()?;
        Some((text?.len() as u128).saturating_mul(times))
    });
    made.flatten().fold(0, u128::saturating_add)
}

/// The size of a row of the first argument, as often as the second tells.
fn repeated(args: &[ArrayRef]) -> u128 {
    let [values, times] = args else {
        return 0;
    };
    let rows = values.len().max(1);
    let size = (values.get_array_memory_size() / rows).max(1) as u128;
    total(&numbers(times)).saturating_mul(size)
}

/// A few bytes, as often as the second argument tells.
fn counted(args: &[ArrayRef]) -> u128 {
    let times = args.get(1).map(numbers).unwrap_or_default();
    total(&times).saturating_mul(8)
}

fn total(numbers: &[Option<i128>]) -> u128 {
    let positive = numbers
        .iter()
        .flatten()
        .map(|number| u128::try_from(*number).unwrap_or(0));
    positive.fold(0, u128::saturating_add)
}
