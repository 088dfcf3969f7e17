//! `directed(value, larger_is_better)`: a number that is larger where the metric is better,
//! so that one `order by … desc` or one `rank()` does for all metrics.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, Float64Array};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

pub(super) fn function() -> ScalarUDF {
    let arguments = vec![DataType::Float64, DataType::Boolean];
    ScalarUDF::from(Directed(Signature::exact(arguments, Volatility::Immutable)))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Directed(Signature);

impl ScalarUDFImpl for Directed {
    fn name(&self) -> &str {
        "directed"
    }

    fn signature(&self) -> &Signature {
        &self.0
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let values = arrays[0].as_primitive::<Float64Type>();
        let larger = arrays[1].as_boolean();
        let directed: Float64Array = values
            .iter()
            .zip(larger)
            .map(|(value, larger)| directed(value?, larger))
            .collect();
        Ok(ColumnarValue::Array(Arc::new(directed)))
    }
}

/// NaN is no value: null sorts last. Where the direction is not known, larger is better.
fn directed(value: f64, larger: Option<bool>) -> Option<f64> {
    match (value.is_nan(), larger) {
        (true, _) => None,
        (false, Some(false)) => Some(-value),
        (false, _) => Some(value),
    }
}
