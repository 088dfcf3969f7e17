//! Scored rows of a dataset beside the dataset's own columns.

use datafusion::arrow::array::RecordBatch;
use datafusion::error::DataFusionError;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::functions_nested::expr_fn::{array_element, array_length};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{Expr, JoinType, col, ident, lit, when};
use datafusion::prelude::DataFrame;
use modeldb_warehouse::samples::ROW_ID;

use super::lookup::{Lookup, quoted};
use crate::error::Result;
use crate::measure::{Measure, function};

/// Names that no dataset has.
pub(super) const MODEL: &str = "__model_id";
const ROW: &str = "__row_id";
pub(super) const LABEL: &str = "__label";
const PREDICTION: &str = "__prediction";
const PROBABILITY: &str = "__probability";

/// The rows of a dataset that models scored, as far as the predicate `only` says, beside its
/// `sample`: that one's columns, and `label`, `prediction` and `probability` where it has none of these names.
pub(super) async fn frame(
    lookup: &Lookup<'_>,
    dataset: &str,
    only: &str,
    sample: RecordBatch,
) -> Result<DataFrame> {
    let query = format!(
        "select model_id as \"{MODEL}\", row_id as \"{ROW}\", label as \"{LABEL}\", \
         prediction as \"{PREDICTION}\", probability as \"{PROBABILITY}\" \
         from predictions where dataset_id = {} and {only}",
        quoted(dataset)
    );
    let joined = async {
        let schema = sample.schema();
        let mut columns: Vec<Expr> = { schema.fields().iter() }
            .filter(|field| field.name() != ROW_ID)
            .map(|field| ident(field.name()))
            .collect();
        for (own, name) in [
            (LABEL, "label"),
            (PREDICTION, "prediction"),
            (PROBABILITY, "probability"),
        ] {
            columns.push(ident(own));
            if schema.index_of(name).is_err() {
                columns.push(ident(own).alias(name));
            }
        }
        columns.push(ident(MODEL));
        let scored = lookup.context.sql(&query).await?;
        let sample = lookup.context.read_batch(sample)?;
        scored
            .join(sample, JoinType::Inner, &[ROW], &[ROW_ID], None)?
            .select(columns)
    };
    let joined: Result<DataFrame, DataFusionError> = joined.await;
    joined.map_err(|error| lookup.blame(&error))
}

/// What a measure compares with the label.
pub(super) fn said(measure: Measure) -> Result<Expr, DataFusionError> {
    match measure {
        Measure::LogLoss => Ok(ident(PROBABILITY)),
        // The probability of the second class, where there are two.
        Measure::Auc => when(
            array_length(ident(PROBABILITY)).eq(lit(2_u64)),
            array_element(ident(PROBABILITY), lit(2_i64)),
        )
        .otherwise(ident(PREDICTION)),
        _ => Ok(ident(PREDICTION)),
    }
}

/// The measure over a group, and its rows.
pub(super) fn measured(measure: Measure) -> Result<[Expr; 2], DataFusionError> {
    let arguments = vec![ident(LABEL), said(measure)?];
    let value = AggregateFunction::new_udf(function(measure), arguments, false, None, vec![], None);
    Ok([
        Expr::AggregateFunction(value).alias("value"),
        count(col(format!("\"{LABEL}\""))).alias("rows"),
    ])
}
