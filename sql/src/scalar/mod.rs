//! Scalar functions, and one aggregate, where SQL is clumsy.

mod convergence;
mod direction;
mod number;
mod quantile;

use std::sync::Arc;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF};

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

/// The aggregate.
pub(crate) fn aggregates() -> impl Iterator<Item = Arc<AggregateUDF>> {
    std::iter::once(Arc::new(convergence::function()))
}
