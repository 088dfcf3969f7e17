//! `normal_quantile(p)`: the value below which a standard normal variable lies with
//! probability `p`. 0.975 gives the 1.96 of a confidence interval of 95 %.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF};
use statrs::distribution::{ContinuousCDF, Normal};

use super::pure;

pub(super) fn function() -> ScalarUDF {
    pure("normal_quantile", vec![DataType::Float64], all)
}

fn all(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let given = arrays[0].as_primitive::<Float64Type>();
    let quantiles: Float64Array = given.iter().map(|p| quantile(p?)).collect();
    Ok(ColumnarValue::Array(Arc::new(quantiles)))
}

/// Null for what is no probability.
fn quantile(p: f64) -> Option<f64> {
    let within = (0.0..=1.0).contains(&p);
    within.then(|| Normal::standard().inverse_cdf(p))
}
