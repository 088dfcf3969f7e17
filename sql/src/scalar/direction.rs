//! `directed(value, larger_is_better)`: a number that is larger where the metric is better,
//! so that one `order by … desc` or one `rank()` does for all metrics.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF};

use super::pure;

pub(super) fn function() -> ScalarUDF {
    let arguments = vec![DataType::Float64, DataType::Boolean];
    pure("directed", arguments, all)
}

fn all(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let values = arrays[0].as_primitive::<Float64Type>();
    let directed: Float64Array = { values.iter().zip(arrays[1].as_boolean()) }
        .map(|(value, larger)| directed(value?, larger))
        .collect();
    Ok(ColumnarValue::Array(Arc::new(directed)))
}

/// NaN is no value: null sorts last. Where the direction is not known, larger is better.
fn directed(value: f64, larger: Option<bool>) -> Option<f64> {
    match (value.is_nan(), larger) {
        (true, _) => None,
        (false, Some(false)) => Some(-value),
        (false, _) => Some(value),
    }
}
