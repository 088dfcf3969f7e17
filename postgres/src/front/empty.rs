//! Subqueries that have no rows whatever happens: over tables of the catalog that never
//! have any. They are what they come to, and need not be planned.

use datafusion::sql::sqlparser::ast::{
    Array, Expr, Function, FunctionArguments, JoinOperator, ObjectName, Query, Select, SelectItem,
    SetExpr, TableFactor, TableWithJoins, Value, Visit, Visitor,
};
use std::ops::ControlFlow;

use super::expressions::{called, cast, value};
use super::rewrite::folded as folded_name;
use crate::catalog::{has_rows, shape::Shape};

/// Functions that make one row of none.
const AGGREGATES: [&str; 20] = [
    "count",
    "sum",
    "min",
    "max",
    "avg",
    "array_agg",
    "string_agg",
    "bool_or",
    "bool_and",
    "every",
    "json_agg",
    "jsonb_agg",
    "json_object_agg",
    "jsonb_object_agg",
    "first_value",
    "last_value",
    "stddev",
    "variance",
    "bit_or",
    "bit_and",
];

/// Finds the catalog's table of a name.
type Find<'a> = dyn Fn(&ObjectName) -> Option<&'static Shape> + 'a;

/// Whether `query` never has rows.
pub(super) fn is_empty(query: &Query, find: &Find<'_>) -> bool {
    match query.body.as_ref() {
        SetExpr::Select(select) => select_is_empty(select, find),
        SetExpr::Query(query) => is_empty(query, find),
        _ => false,
    }
}

fn select_is_empty(select: &Select, find: &Find<'_>) -> bool {
    select.from.iter().any(|from| from_is_empty(from, find)) && !aggregates(select)
}

/// Whether a SELECT without groups makes one row of any number.
fn aggregates(select: &Select) -> bool {
    struct Search;
    impl Visitor for Search {
        type Break = ();

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            match AGGREGATES.iter().any(|name| called(expr, name).is_some()) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        }
    }
    let items = select.projection.iter();
    let mut exprs = items.filter_map(|item| match item {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => Some(expr),
        _ => None,
    });
    exprs.any(|expr| expr.visit(&mut Search).is_break()) || select.having.is_some()
}

fn from_is_empty(from: &TableWithJoins, find: &Find<'_>) -> bool {
    let mut is_empty = factor_is_empty(&from.relation, find);
    for join in &from.joins {
        let right = factor_is_empty(&join.relation, find);
        is_empty = match &join.join_operator {
            JoinOperator::Join(_) | JoinOperator::Inner(_) | JoinOperator::CrossJoin(_) => {
                is_empty || right
            }
            JoinOperator::Left(_) | JoinOperator::LeftOuter(_) => is_empty,
            _ => false,
        };
    }
    is_empty
}

fn factor_is_empty(factor: &TableFactor, find: &Find<'_>) -> bool {
    match factor {
        TableFactor::Table {
            name, args: None, ..
        } => find(name).is_some_and(|shape| !has_rows(shape)),
        TableFactor::Derived { subquery, .. } => is_empty(subquery, find),
        TableFactor::NestedJoin {
            table_with_joins, ..
        } => from_is_empty(table_with_joins, find),
        _ => false,
    }
}

/// What an expression over a subquery without rows comes to.
pub(super) fn folded(expr: &Expr, is_empty: &dyn Fn(&Query) -> bool) -> Option<Expr> {
    let boolean = |is: bool| Some(value(Value::Boolean(is)));
    match expr {
        Expr::Subquery(query) if is_empty(query) => Some(value(Value::Null)),
        Expr::Exists { subquery, negated } if is_empty(subquery) => boolean(*negated),
        Expr::InSubquery {
            subquery, negated, ..
        } if is_empty(subquery) => boolean(*negated),
        Expr::AnyOp { right, .. } => match right.as_ref() {
            Expr::Subquery(query) if is_empty(query) => boolean(false),
            _ => None,
        },
        Expr::AllOp { right, .. } => match right.as_ref() {
            Expr::Subquery(query) if is_empty(query) => boolean(true),
            _ => None,
        },
        Expr::Function(Function {
            name,
            args: FunctionArguments::Subquery(query),
            ..
        }) if is_array(name) && is_empty(query) => {
            let none = Expr::Array(Array {
                elem: Vec::new(),
                named: true,
            });
            let texts = datafusion::sql::sqlparser::ast::ArrayElemTypeDef::SquareBracket(
                Box::new(datafusion::sql::sqlparser::ast::DataType::Text),
                None,
            );
            Some(cast(
                none,
                datafusion::sql::sqlparser::ast::DataType::Array(texts),
            ))
        }
        _ => None,
    }
}

/// Whether a function is `ARRAY(subquery)`.
pub(super) fn is_array(name: &ObjectName) -> bool {
    let last = name.0.last().and_then(|part| part.as_ident());
    last.is_some_and(|ident| folded_name(ident) == "array")
}
