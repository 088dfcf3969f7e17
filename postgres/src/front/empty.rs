//! Subqueries that have no rows whatever happens: over tables of the catalog that never
//! have any. They are what they come to, and need not be planned.

use datafusion::sql::sqlparser::ast::{
    Array, Expr, Function, FunctionArguments, JoinOperator, ObjectName, Query, Select, SelectItem,
    SetExpr, SetOperator, TableFactor, TableWithJoins, Value, Values, Visit, Visitor,
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

/// Lists of the catalog that have values.
const LISTS: [&str; 1] = ["proargtypes"];

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

/// Whether `select` never has rows.
pub(super) fn select_is_empty(select: &Select, find: &Find<'_>) -> bool {
    select.from.iter().any(|from| from_is_empty(from, find)) && !aggregates(select)
}

/// Whether a SELECT without groups makes one row of any number.
pub(super) fn aggregates(select: &Select) -> bool {
    /// How many queries the search is inside of.
    #[derive(Default)]
    struct Search(usize);
    impl Visitor for Search {
        type Break = ();

        fn pre_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
            self.0 += 1;
            ControlFlow::Continue(())
        }

        fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
            self.0 -= 1;
            ControlFlow::Continue(())
        }

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            let is_one = || AGGREGATES.iter().any(|name| called(expr, name).is_some());
            match self.0 == 0 && is_one() {
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
    exprs.any(|expr| expr.visit(&mut Search::default()).is_break()) || select.having.is_some()
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
        TableFactor::UNNEST { array_exprs, .. } => array_exprs.iter().all(is_null_list),
        TableFactor::Table {
            name,
            args: Some(_),
            ..
        }
        | TableFactor::Function { name, .. } => {
            let last = name.0.last().and_then(|part| part.as_ident());
            last.is_some_and(|ident| folded_name(ident) == "unnest")
                && super::from::arguments(factor).iter().all(is_null_list)
        }
        TableFactor::NestedJoin {
            table_with_joins, ..
        } => from_is_empty(table_with_joins, find),
        _ => false,
    }
}

/// Whether an expression is a list of the catalog that is always null.
fn is_null_list(expr: &Expr) -> bool {
    let name = match expr {
        Expr::CompoundIdentifier(parts) => parts.last().map(folded_name),
        _ => None,
    };
    let lists = |shape: &&Shape| {
        shape.schema.fields().iter().any(|field| {
            Some(field.name()) == name.as_ref()
                && matches!(field.data_type(), arrow::datatypes::DataType::List(_))
        })
    };
    name.as_deref().is_some_and(|name| !LISTS.contains(&name))
        && crate::catalog::shape::all()
            .iter()
            .any(|shape| lists(&shape))
}

/// What an expression over a subquery without rows comes to.
pub(super) fn folded(
    expr: &Expr,
    is_empty: &dyn Fn(&Query) -> bool,
    find: &Find<'_>,
) -> Option<Expr> {
    let boolean = |is: bool| Some(value(Value::Boolean(is)));
    match expr {
        Expr::Subquery(query) if is_empty(query) => Some(value(Value::Null)),
        Expr::Subquery(query) => alone(query).or_else(|| of_nothing(query, find)),
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

/// The one expression of a query.
fn item(query: &Query) -> Option<(&Select, &Expr)> {
    let SetExpr::Select(select) = query.body.as_ref() else {
        return None;
    };
    match select.projection.as_slice() {
        [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }] => {
            Some((select, expr))
        }
        _ => None,
    }
}

/// `(select x)`, which is x.
fn alone(query: &Query) -> Option<Expr> {
    let (select, expr) = item(query)?;
    let is_alone = select.from.is_empty() && select.selection.is_none() && query.with.is_none();
    (is_alone && !aggregates(select) && called(expr, "unnest").is_none()).then(|| expr.clone())
}

/// What aggregates make of no rows: `count` nothing, others null.
fn of_nothing(query: &Query, find: &Find<'_>) -> Option<Expr> {
    let (select, expr) = item(query)?;
    let is_grouped = !matches!(
        &select.group_by,
        datafusion::sql::sqlparser::ast::GroupByExpr::Expressions(exprs, _) if exprs.is_empty()
    );
    if is_grouped || select.having.is_some() || !aggregates(select) {
        return None;
    }
    if !select.from.iter().any(|from| from_is_empty(from, find)) {
        return None;
    }
    let mut expr = expr.clone();
    let _ = datafusion::sql::sqlparser::ast::visit_expressions_mut(&mut expr, |expr| {
        if called(expr, "count").is_some() {
            *expr = super::expressions::integer(0);
        } else if AGGREGATES.iter().any(|name| called(expr, name).is_some()) {
            *expr = value(Value::Null);
        }
        ControlFlow::<()>::Continue(())
    });
    Some(expr)
}

/// A UNION without the parts that have no rows.
pub(super) fn without_empty(body: &mut SetExpr, find: &Find<'_>) {
    let SetExpr::SetOperation {
        op: SetOperator::Union,
        left,
        right,
        ..
    } = body
    else {
        return;
    };
    without_empty(left, find);
    let is_empty =
        matches!(right.as_ref(), SetExpr::Select(select) if select_is_empty(select, find));
    if is_empty {
        let left = std::mem::replace(
            left.as_mut(),
            SetExpr::Values(Values {
                explicit_row: false,
                rows: Vec::new(),
                value_keyword: false,
            }),
        );
        *body = left;
    }
}

/// Whether a function is `ARRAY(subquery)`.
pub(super) fn is_array(name: &ObjectName) -> bool {
    let last = name.0.last().and_then(|part| part.as_ident());
    last.is_some_and(|ident| folded_name(ident) == "array")
}
