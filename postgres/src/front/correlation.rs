//! Subqueries that name tables outside of them, and what of them can be looked for apart.

use std::collections::HashSet;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Query, SelectItem, SetExpr, TableFactor, Visit, Visitor,
};

use super::expressions::call;
use super::from::last;
use super::rewrite::folded;

/// Whether a query names a table that is not its own.
pub(super) fn is_correlated(query: &Query) -> bool {
    let (own, used) = names_of(query);
    !used.is_subset(&own)
}

fn used_by(expr: &Expr) -> HashSet<String> {
    let mut names = Names::default();
    let _ = expr.visit(&mut names);
    names.used
}

/// The tables that a query has, and those that it names.
fn names_of(query: &Query) -> (HashSet<String>, HashSet<String>) {
    let mut names = Names::default();
    let _ = query.visit(&mut names);
    (names.own, names.used)
}

#[derive(Default)]
struct Names {
    own: HashSet<String>,
    used: HashSet<String>,
}
impl Visitor for Names {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        match factor {
            TableFactor::Table {
                alias: Some(alias), ..
            }
            | TableFactor::Derived {
                alias: Some(alias), ..
            }
            | TableFactor::Function {
                alias: Some(alias), ..
            }
            | TableFactor::UNNEST {
                alias: Some(alias), ..
            } => {
                self.own.insert(folded(&alias.name));
            }
            TableFactor::Table { name, .. } => self.own.extend(last(name)),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if let Expr::CompoundIdentifier(parts) = expr
            && let [.., table, _] = parts.as_slice()
        {
            self.used.insert(folded(table));
        }
        ControlFlow::Continue(())
    }
}

/// `CASE WHEN condition THEN found END`.
pub(super) fn case(condition: Expr, found: Expr) -> Expr {
    let when = datafusion::sql::sqlparser::ast::CaseWhen {
        condition,
        result: found,
    };
    Expr::Case {
        case_token: datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken::empty(
        ),
        end_token: datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken::empty(),
        operand: None,
        conditions: vec![when],
        else_result: None,
    }
}

/// Takes out of a subquery of one row what the engine cannot look for in it: conditions on
/// tables outside alone, and those that compare them other than by `=`. Of the latter, the
/// columns inside become subqueries of the same row.
pub(super) fn apart(query: &mut Query) -> Option<Expr> {
    let SetExpr::Select(select) = query.body.as_ref() else {
        return None;
    };
    let own = names_of(query).0;
    let (mut kept, mut taken) = (Vec::new(), Vec::new());
    for condition in conjuncts(select.selection.as_ref()?) {
        let used = used_by(&condition);
        let is_outside = |name: &String| !own.contains(name);
        let is_mixed = used.iter().any(is_outside) && !is_equality(&condition);
        match is_mixed {
            true => taken.push(condition),
            false => kept.push(condition),
        }
    }
    if taken.is_empty() {
        return None;
    }
    if let SetExpr::Select(select) = query.body.as_mut() {
        select.selection = conjunction(kept);
    }
    let mut condition = conjunction(taken)?;
    let _ = datafusion::sql::sqlparser::ast::visit_expressions_mut(&mut condition, |expr| {
        if let Expr::CompoundIdentifier(parts) = &*expr
            && let [.., table, _] = parts.as_slice()
            && own.contains(&folded(table))
        {
            let mut column = query.clone();
            if let SetExpr::Select(select) = column.body.as_mut() {
                let value = call("first_value", vec![expr.clone()]);
                select.projection = vec![SelectItem::UnnamedExpr(value)];
            }
            *expr = Expr::Subquery(Box::new(column));
        }
        ControlFlow::<()>::Continue(())
    });
    Some(condition)
}

fn is_equality(condition: &Expr) -> bool {
    matches!(
        condition,
        Expr::BinaryOp {
            op: BinaryOperator::Eq,
            ..
        }
    )
}

fn conjuncts(condition: &Expr) -> Vec<Expr> {
    match condition {
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And,
            right,
        } => [conjuncts(left), conjuncts(right)].concat(),
        Expr::Nested(inner) => conjuncts(inner),
        other => vec![other.clone()],
    }
}

pub(super) fn conjunction(conditions: Vec<Expr>) -> Option<Expr> {
    conditions.into_iter().reduce(|left, right| Expr::BinaryOp {
        left: Box::new(left),
        op: BinaryOperator::And,
        right: Box::new(right),
    })
}
