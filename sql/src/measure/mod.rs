//! Measures of scored rows, as aggregate functions: `accuracy(label, prediction)`,
//! `auc(label, score)`, ….
//!
//! Rows where either argument is null do not count. Without any row the answer is null.

mod formula;
mod function;

use std::sync::Arc;

use datafusion::logical_expr::AggregateUDF;

pub(crate) use formula::Measure;
pub(crate) use function::{of as function, pairs};

/// All of them.
pub(crate) fn functions() -> impl Iterator<Item = Arc<AggregateUDF>> {
    Measure::ALL.into_iter().map(function::of)
}
