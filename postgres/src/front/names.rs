//! Names of columns, as PostgreSQL gives them to expressions that have none.
//!
//! PostgreSQL lets columns have the same name, the engine does not: the second one gets
//! a mark that no client sees.

use std::collections::HashSet;

use datafusion::sql::sqlparser::ast::{
    AccessExpr, Expr, Ident, Select, SelectItem, SetExpr, TrimWhereField, Value,
};

use crate::types;

/// What stands between a name and what tells it from others of the same name.
const MARK: char = '\u{1}';
/// The name of what has none.
const UNNAMED: &str = "?column?";

/// The name that a client sees.
pub(crate) fn shown(name: &str) -> &str {
    name.split(MARK).next().unwrap_or(name)
}

/// Names all that `select` gives, each differently.
pub(super) fn give(select: &mut Select) {
    let mut used = HashSet::new();
    // What `*` stands for may have any of the names.
    let is_star = |item: &SelectItem| {
        matches!(
            item,
            SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)
        )
    };
    let has_star = select.projection.iter().any(is_star);
    for (index, item) in select.projection.iter_mut().enumerate() {
        let (name, is_column) = match item {
            SelectItem::UnnamedExpr(expr) => {
                let is_column = matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
                (of(expr), is_column)
            }
            SelectItem::ExprWithAlias { alias, .. } => (folded(alias), true),
            _ => continue,
        };
        let is_plain = matches!(item, SelectItem::UnnamedExpr(_)) && is_column;
        let is_new = used.insert(name.clone()) && !(has_star && is_plain);
        if is_new && is_column {
            continue;
        }
        let name = if is_new {
            name
        } else {
            format!("{name}{MARK}{index}")
        };
        let alias = Ident::with_quote('"', name);
        *item = match std::mem::replace(item, SelectItem::Wildcard(Default::default())) {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                SelectItem::ExprWithAlias { expr, alias }
            }
            other => other,
        };
    }
}

fn folded(ident: &Ident) -> String {
    match ident.quote_style {
        Some(_) => ident.value.clone(),
        None => ident.value.to_lowercase(),
    }
}

fn of(expr: &Expr) -> String {
    strong(expr)
        .or_else(|| weak(expr))
        .unwrap_or_else(|| UNNAMED.to_owned())
}

/// A name that an expression has by what it is.
fn strong(expr: &Expr) -> Option<String> {
    let fixed = |name: &str| Some(name.to_owned());
    match expr {
        Expr::Identifier(ident) => Some(folded(ident)),
        Expr::CompoundIdentifier(parts) => parts.last().map(folded),
        Expr::Function(function) => {
            let name = function.name.0.last()?.as_ident()?;
            Some(folded(name))
        }
        Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => strong(inner),
        Expr::Cast { expr: inner, .. } => strong(inner),
        Expr::CompoundFieldAccess { root, access_chain } => {
            let named = access_chain.iter().rev().find_map(|access| match access {
                AccessExpr::Dot(Expr::Identifier(ident)) => Some(folded(ident)),
                _ => None,
            });
            named.or_else(|| strong(root))
        }
        Expr::Case {
            else_result: Some(other),
            ..
        } => strong(other),
        Expr::Subquery(query) => match query.body.as_ref() {
            SetExpr::Select(select) => match select.projection.first()? {
                SelectItem::UnnamedExpr(expr) => strong(expr),
                SelectItem::ExprWithAlias { alias, .. } => Some(folded(alias)),
                _ => None,
            },
            _ => None,
        },
        Expr::Array(_) => fixed("array"),
        Expr::Exists { .. } => fixed("exists"),
        Expr::Extract { .. } => fixed("extract"),
        Expr::Position { .. } => fixed("position"),
        Expr::Substring { .. } => fixed("substring"),
        Expr::Overlay { .. } => fixed("overlay"),
        Expr::Ceil { .. } => fixed("ceil"),
        Expr::Floor { .. } => fixed("floor"),
        Expr::AtTimeZone { .. } => fixed("timezone"),
        Expr::Tuple(_) => fixed("row"),
        Expr::Trim { trim_where, .. } => fixed(match trim_where {
            Some(TrimWhereField::Leading) => "ltrim",
            Some(TrimWhereField::Trailing) => "rtrim",
            _ => "btrim",
        }),
        _ => None,
    }
}

/// A name for want of a better one.
fn weak(expr: &Expr) -> Option<String> {
    let named = |kind: &dyn std::fmt::Display| {
        let kind = types::named(&kind.to_string())?;
        Some(kind.name().trim_start_matches('_').to_owned())
    };
    match expr {
        Expr::Nested(inner) => weak(inner),
        Expr::Cast { data_type, .. } => named(data_type),
        Expr::TypedString(typed) => named(&typed.data_type),
        Expr::Interval(_) => Some("interval".into()),
        Expr::Case { .. } => Some("case".into()),
        Expr::Value(value) if matches!(value.value, Value::Boolean(_)) => Some("bool".into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::dialect::Postgres;
    use datafusion::sql::sqlparser::ast::{Query, Statement};
    use datafusion::sql::sqlparser::parser::Parser;

    fn names(list: &str) -> Vec<String> {
        let text = format!("select {list}");
        let mut statements = Parser::parse_sql(&Postgres, &text).unwrap();
        let Some(Statement::Query(query)) = statements.pop() else {
            panic!()
        };
        let Query { mut body, .. } = *query;
        let SetExpr::Select(select) = body.as_mut() else {
            panic!()
        };
        give(select);
        let items = select.projection.iter().map(|item| match item {
            SelectItem::ExprWithAlias { alias, .. } => shown(&folded(alias)).to_owned(),
            SelectItem::UnnamedExpr(expr) => of(expr),
            other => panic!("{other}"),
        });
        items.collect()
    }

    #[test]
    fn as_postgres_names_them() {
        for (expression, name) in [
            ("1", "?column?"),
            ("avg(x)", "avg"),
            ("pg_catalog.Format_Type(a, b)", "format_type"),
            ("x::int", "x"),
            ("'1'::int", "int4"),
            ("a + b", "?column?"),
            ("a.B", "b"),
            ("case when a then 1 end", "case"),
            ("case when a then 1 else b end", "b"),
            ("true", "bool"),
            ("exists (select 1)", "exists"),
            ("(select max(y) from t)", "max"),
            ("array[1]", "array"),
            ("extract(epoch from t)", "extract"),
            ("date '2026-01-01'", "date"),
            ("(x).n", "n"),
            ("current_user", "current_user"),
            ("coalesce(a, b)", "coalesce"),
        ] {
            assert_eq!(names(expression), [name], "{expression}");
        }
        assert_eq!(names("1, 1, a as A, a"), ["?column?", "?column?", "a", "a"]);
    }
}
