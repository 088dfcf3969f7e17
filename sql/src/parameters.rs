//! The parameters of a query, and their types.
//!
//! DataFusion infers a type where a parameter is compared or computed with something
//! whose type is known. Drivers want one for every parameter: they refuse to send a
//! number for what they believe to be text.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::Result as PlanResult;
use datafusion::logical_expr::expr::{Cast, Placeholder, TryCast};
use datafusion::logical_expr::{Expr, LogicalPlan};

use crate::error::{Error, Result};
use crate::plain::plain_type;

/// A field for each parameter: `$1`, `$2`, .... `types` are those that are known; the
/// others are what they are cast to, numbers where rows are counted, and else text.
/// Of `counted` parameters the plan may lack some, that a front end left out.
pub(crate) fn schema(
    plan: &LogicalPlan,
    types: &HashMap<String, Option<DataType>>,
    counted: Option<usize>,
    given: &[Option<DataType>],
) -> Result<SchemaRef> {
    let guessed = guessed(plan).map_err(|error| Error::Internal(error.to_string()))?;
    let count = counted.unwrap_or(types.len());
    let mut fields = Vec::with_capacity(count);
    for number in 1..=count {
        let name = format!("${number}");
        let left_out = || counted.map(|_| given.get(number - 1).cloned().flatten());
        let Some(kind) = types.get(&name).cloned().or_else(left_out) else {
            let mut names: Vec<&str> = types.keys().map(String::as_str).collect();
            names.sort_unstable();
            return Err(Error::Invalid(format!(
                "parameters are $1, $2 and so on without a gap; the query has {}",
                names.join(", ")
            )));
        };
        let kind = kind.or_else(|| guessed.get(&name).cloned());
        let kind = plain_type(&kind.unwrap_or(DataType::Utf8));
        fields.push(Field::new(name, kind, true));
    }
    Ok(Arc::new(Schema::new(fields)))
}

/// Types by the place of a parameter.
fn guessed(plan: &LogicalPlan) -> PlanResult<BTreeMap<String, DataType>> {
    let mut guessed = BTreeMap::new();
    let mut guess = |expression: &Expr, kind: &DataType| {
        if let Expr::Placeholder(Placeholder { id, .. }) = expression {
            guessed.entry(id.clone()).or_insert_with(|| kind.clone());
        }
    };
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::Limit(limit) = node {
            for count in [&limit.skip, &limit.fetch].into_iter().flatten() {
                guess(count, &DataType::Int64);
            }
        }
        node.apply_expressions(|expression| {
            expression.apply(|part| {
                if let Expr::Cast(Cast { expr, field }) | Expr::TryCast(TryCast { expr, field }) =
                    part
                {
                    guess(expr, field.data_type());
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(guessed)
}
