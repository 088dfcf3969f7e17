//! Scalar functions, and one aggregate, where SQL is clumsy.

mod convergence;
mod direction;
mod number;
mod quantile;

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::{AggregateUDF, ColumnarValue, ScalarUDF, Volatility, create_udf};

/// All scalar functions.
pub(crate) fn functions() -> impl Iterator<Item = Arc<ScalarUDF>> {
    [
        direction::function(),
        number::of_map(),
        number::of_text(),
        quantile::function(),
    ]
    .into_iter()
    .map(Arc::new)
}

/// A function of numbers or texts to a number, that has no other effect.
fn pure(
    name: &str,
    arguments: Vec<DataType>,
    all: fn(&[ColumnarValue]) -> Result<ColumnarValue>,
) -> ScalarUDF {
    let volatility = Volatility::Immutable;
    create_udf(
        name,
        arguments,
        DataType::Float64,
        volatility,
        Arc::new(all),
    )
}

/// The aggregate.
pub(crate) fn aggregates() -> impl Iterator<Item = Arc<AggregateUDF>> {
    std::iter::once(Arc::new(convergence::function()))
}
