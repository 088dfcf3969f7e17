//! PostgreSQL's functions that the engine does not have.
//!
//! Most are about the catalog and are asked of few rows: those are written for one row
//! at a time. What is asked of many rows is in files of its own.

mod about;
mod expand;
mod json;
mod quote;
mod times;

use std::fmt::{self, Debug};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature,
    Volatility,
};
use datafusion::scalar::ScalarValue;

use super::Context;

/// What a function makes of the values of a row.
type Body = dyn Fn(&[ScalarValue]) -> Result<ScalarValue> + Send + Sync;

/// A function that is written for one row.
pub(crate) struct RowFunction {
    name: &'static str,
    returns: DataType,
    signature: Signature,
    body: Arc<Body>,
}

impl Debug for RowFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowFunction")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl PartialEq for RowFunction {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for RowFunction {}

impl Hash for RowFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for RowFunction {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_one = args
            .args
            .iter()
            .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if is_one { 1 } else { args.number_rows };
        let mut values = Vec::with_capacity(rows);
        for row in 0..rows {
            let row = args.args.iter().map(|arg| match arg {
                ColumnarValue::Scalar(value) => Ok(value.clone()),
                ColumnarValue::Array(array) => ScalarValue::try_from_array(array, row),
            });
            values.push((self.body)(&row.collect::<Result<Vec<_>>>()?)?);
        }
        if is_one && let Some(value) = values.pop() {
            return Ok(ColumnarValue::Scalar(value));
        }
        if values.is_empty() {
            let none = arrow::array::new_empty_array(&self.returns);
            return Ok(ColumnarValue::Array(none));
        }
        Ok(ColumnarValue::Array(ScalarValue::iter_to_array(values)?))
    }
}

/// The same values give the same.
pub(super) const SAME: Volatility = Volatility::Immutable;
/// Within one query.
pub(super) const STABLE: Volatility = Volatility::Stable;

/// A function of any arguments.
pub(super) fn function(
    name: &'static str,
    volatility: Volatility,
    returns: DataType,
    body: impl Fn(&[ScalarValue]) -> Result<ScalarValue> + Send + Sync + 'static,
) -> ScalarUDF {
    let any = vec![TypeSignature::Nullary, TypeSignature::VariadicAny];
    ScalarUDF::from(RowFunction {
        name,
        returns,
        signature: Signature::one_of(any, volatility),
        body: Arc::new(body),
    })
}

/// Adds all to `state`.
pub(super) fn register(state: &mut SessionState, context: &Arc<Context>) -> Result<()> {
    let all = about::all(context).into_iter();
    let all = all
        .chain(quote::all())
        .chain(json::all())
        .chain(times::all());
    for function in all {
        // The engine's own goes, with all its names: one that stays would come back.
        state.deregister_udf(function.name())?;
        state.register_udf(Arc::new(function))?;
    }
    state.register_udf(Arc::new(ScalarUDF::from(expand::Expand::new())))?;
    Ok(())
}

/// The text of an argument; nothing if it is not there, or null.
pub(super) fn text(arguments: &[ScalarValue], index: usize) -> Option<String> {
    match arguments.get(index)? {
        ScalarValue::Utf8(text) | ScalarValue::LargeUtf8(text) | ScalarValue::Utf8View(text) => {
            text.clone()
        }
        value if value.is_null() => None,
        ScalarValue::Dictionary(_, value) => text(&[value.as_ref().clone()], 0),
        value => Some(value.to_string()),
    }
}

/// The number of an argument.
pub(super) fn number(arguments: &[ScalarValue], index: usize) -> Option<i64> {
    let value = arguments.get(index)?;
    match value.cast_to(&DataType::Int64) {
        Ok(ScalarValue::Int64(number)) => number,
        _ => None,
    }
}

pub(super) fn utf8(text: impl Into<Option<String>>) -> ScalarValue {
    ScalarValue::Utf8(text.into())
}
