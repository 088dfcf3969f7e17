//! Subqueries that give one value of many, or that stand where values are selected.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Array, BinaryOperator, Expr, Function, FunctionArgumentClause, FunctionArguments, OrderByKind,
    Query, Select, SelectItem, SetExpr, UnaryOperator, Value,
};
use datafusion::sql::sqlparser::parser::Parser;

use super::correlation::{apart, case, conjunction, is_correlated};
use super::dialect::Postgres;
use super::empty::is_array;
use super::expressions::call;

/// A subquery of one value that may have more rows takes the first, and `ARRAY(...)`
/// is what an aggregate makes: the engine wants to see that there is one row.
pub(super) fn subqueries(expr: &mut Expr) {
    match expr {
        Expr::Subquery(query) if is_correlated(query) => {
            first(query);
            if let Some(condition) = apart(query) {
                let found = std::mem::replace(expr, Expr::Tuple(Vec::new()));
                *expr = case(condition, found);
            }
        }
        Expr::Function(Function {
            name,
            args: FunctionArguments::Subquery(query),
            ..
        }) if is_array(name) => {
            let mut query = query.clone();
            if gathered(&mut query) {
                let none = Expr::Array(Array {
                    elem: Vec::new(),
                    named: true,
                });
                *expr = call("coalesce", vec![Expr::Subquery(query), none]);
            }
        }
        _ => {}
    }
}

/// The engine looks for rows of `IN` and `EXISTS` where rows are filtered, not in what is
/// selected: there it gathers, or counts.
pub(super) fn selected(select: &mut Select) {
    for item in &mut select.projection {
        let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item else {
            continue;
        };
        let _ = datafusion::sql::sqlparser::ast::visit_expressions_mut(expr, |expr| {
            if let Some(made) = counted(expr) {
                *expr = made;
            }
            ControlFlow::<()>::Continue(())
        });
    }
}

fn counted(expr: &Expr) -> Option<Expr> {
    let (mut query, looked_for, negated) = match expr {
        Expr::InSubquery {
            expr,
            subquery,
            negated,
        } => (subquery.clone(), Some(expr.as_ref().clone()), *negated),
        Expr::Exists { subquery, negated } => (subquery.clone(), None, *negated),
        _ => return None,
    };
    let found = match looked_for {
        Some(value) if !is_correlated(&query) => {
            if !gathered(&mut query) {
                return None;
            }
            let is_in = call("array_has", vec![Expr::Subquery(query), value]);
            call(
                "coalesce",
                vec![is_in, super::expressions::value(Value::Boolean(false))],
            )
        }
        looked_for => {
            let SetExpr::Select(select) = query.body.as_mut() else {
                return None;
            };
            if super::empty::aggregates(select) {
                return None;
            }
            if let Some(value) = looked_for {
                let item = item(select)?.clone();
                let is_it = Expr::BinaryOp {
                    left: Box::new(item),
                    op: BinaryOperator::Eq,
                    right: Box::new(value),
                };
                let conditions = select.selection.take().into_iter().chain([is_it]).collect();
                select.selection = conjunction(conditions);
            }
            select.projection = vec![SelectItem::UnnamedExpr(call(
                "count",
                vec![super::expressions::integer(1)],
            ))];
            query.order_by = None;
            query.limit_clause = None;
            Expr::BinaryOp {
                left: Box::new(Expr::Subquery(query)),
                op: BinaryOperator::Gt,
                right: Box::new(super::expressions::integer(0)),
            }
        }
    };
    Some(match negated {
        true => Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr: Box::new(Expr::Nested(Box::new(found))),
        },
        false => found,
    })
}

/// The one expression that a plain SELECT gives.
fn item(select: &mut Select) -> Option<&mut Expr> {
    let is_grouped = !matches!(
        &select.group_by,
        datafusion::sql::sqlparser::ast::GroupByExpr::Expressions(exprs, _) if exprs.is_empty()
    );
    if is_grouped || select.distinct.is_some() {
        return None;
    }
    match select.projection.as_mut_slice() {
        [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }] => Some(expr),
        _ => None,
    }
}

fn first(query: &mut Query) {
    let order = query.order_by.clone();
    let SetExpr::Select(select) = query.body.as_mut() else {
        return;
    };
    if super::empty::aggregates(select) {
        return;
    }
    let Some(expr) = item(select) else {
        return;
    };
    let inner = std::mem::replace(expr, Expr::Tuple(Vec::new()));
    *expr = call("first_value", vec![inner]);
    ordered(expr, order.map(|order| order.kind));
    query.order_by = None;
    query.limit_clause = None;
}

/// Puts an order into the call of an aggregate.
fn ordered(expr: &mut Expr, order: Option<OrderByKind>) {
    if let (Expr::Function(function), Some(OrderByKind::Expressions(order))) = (expr, order)
        && let FunctionArguments::List(list) = &mut function.args
    {
        list.clauses.push(FunctionArgumentClause::OrderBy(order));
    }
}

/// Makes one list of a query's rows.
fn gathered(query: &mut Query) -> bool {
    let is_cut = query.limit_clause.is_some() || query.fetch.is_some();
    let is_plain = match query.body.as_mut() {
        SetExpr::Select(select) => item(select).is_some(),
        _ => false,
    };
    if (is_cut || !is_plain) && !is_correlated(query) {
        return gathered_around(query);
    }
    let order = query.order_by.take();
    let SetExpr::Select(select) = query.body.as_mut() else {
        query.order_by = order;
        return false;
    };
    let Some(expr) = item(select) else {
        query.order_by = order;
        return false;
    };
    let inner = std::mem::replace(expr, Expr::Tuple(Vec::new()));
    *expr = call("array_agg", vec![inner]);
    ordered(expr, order.map(|order| order.kind));
    true
}

/// The same around a query that has to stay as it is.
fn gathered_around(query: &mut Query) -> bool {
    let text = format!("SELECT array_agg(x) FROM ({query}) AS gathered (x)");
    let parsed = Parser::new(&Postgres).try_with_sql(&text);
    match parsed.and_then(|mut parser| parser.parse_query()) {
        Ok(made) => {
            *query = *made;
            true
        }
        Err(_) => false,
    }
}
