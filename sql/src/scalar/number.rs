//! `number(text)`: the number that a text is, null where it is none; and
//! `map_number(map, 'key')`: the same of a key of a map.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Float64Array, MapArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::pure;

pub(super) fn of_text() -> ScalarUDF {
    pure("number", vec![DataType::Utf8], all)
}

fn all(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let texts = arrays[0].as_string::<i32>();
    let numbers: Float64Array = texts.iter().map(|text| number(text?)).collect();
    Ok(ColumnarValue::Array(Arc::new(numbers)))
}

pub(super) fn of_map() -> ScalarUDF {
    ScalarUDF::from(OfMap(Signature::any(2, Volatility::Immutable)))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct OfMap(Signature);

impl ScalarUDFImpl for OfMap {
    fn name(&self) -> &str {
        "map_number"
    }

    fn signature(&self) -> &Signature {
        &self.0
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [
                DataType::Map(..),
                DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8,
            ] => Ok(DataType::Float64),
            _ => Err(usage()),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let maps = arrays[0].as_map_opt().ok_or_else(usage)?;
        let wanted = cast(&arrays[1], &DataType::Utf8)?;
        let wanted = wanted.as_string::<i32>();
        let keys = cast(maps.keys(), &DataType::Utf8)?;
        let values = cast(maps.values(), &DataType::Utf8)?;
        let (keys, values) = (keys.as_string::<i32>(), values.as_string::<i32>());
        let value = |row: usize| {
            let key = wanted.is_valid(row).then(|| wanted.value(row))?;
            let at = entries(maps, row).find(|&at| keys.value(at) == key)?;
            number(values.is_valid(at).then(|| values.value(at))?)
        };
        let numbers: Float64Array = (0..maps.len()).map(value).collect();
        Ok(ColumnarValue::Array(Arc::new(numbers)))
    }
}

/// Where the entries of a row are.
fn entries(maps: &MapArray, row: usize) -> std::ops::Range<usize> {
    if maps.is_null(row) {
        return 0..0;
    }
    let offsets = maps.value_offsets();
    let place = |offset: i32| usize::try_from(offset).unwrap_or_default();
    place(offsets[row])..place(offsets[row + 1])
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

fn usage() -> DataFusionError {
    DataFusionError::Plan("map_number(map, 'key') is how it is called: params, 'maxIter'".into())
}
