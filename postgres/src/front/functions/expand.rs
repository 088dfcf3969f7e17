//! `_pg_expandarray`: the items of a list, each with its number.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, ListArray, StructArray};
use arrow::datatypes::{DataType, Field, Fields};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

/// From a list to a list of `{x, n}`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Expand {
    signature: Signature,
}

impl Expand {
    pub(super) fn new() -> Self {
        Self {
            signature: Signature::any(1, Volatility::Immutable),
        }
    }
}

fn fields(item: &DataType) -> Fields {
    let item = Field::new("x", item.clone(), true);
    Fields::from(vec![item, Field::new("n", DataType::Int32, true)])
}

impl ScalarUDFImpl for Expand {
    fn name(&self) -> &'static str {
        "pg_expandarray"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments.first() {
            Some(DataType::List(item)) => {
                let item = DataType::Struct(fields(item.data_type()));
                Ok(DataType::List(Arc::new(Field::new_list_field(item, true))))
            }
            _ => Err(DataFusionError::Plan(
                "_pg_expandarray wants an array".into(),
            )),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let list = arrays.first().and_then(|array| array.as_list_opt::<i32>());
        let list = list.ok_or_else(|| DataFusionError::Internal("an array is wanted".into()))?;
        let offsets = list.offsets();
        let first = offsets.first().copied().unwrap_or(0);
        let last = offsets.last().copied().unwrap_or(0);
        let items = list.values().slice(first as usize, (last - first) as usize);
        let numbers = offsets
            .windows(2)
            .flat_map(|bounds| 1..=bounds[1] - bounds[0]);
        let numbers: ArrayRef = Arc::new(Int32Array::from_iter_values(numbers));
        let fields = fields(items.data_type());
        let pairs = StructArray::try_new(fields.clone(), vec![items, numbers], None)?;
        let field = Arc::new(Field::new_list_field(DataType::Struct(fields), true));
        let lengths = arrow::buffer::OffsetBuffer::from_lengths(
            offsets
                .windows(2)
                .map(|bounds| (bounds[1] - bounds[0]) as usize),
        );
        let expanded = ListArray::try_new(field, lengths, Arc::new(pairs), list.nulls().cloned())?;
        Ok(ColumnarValue::Array(Arc::new(expanded)))
    }
}
