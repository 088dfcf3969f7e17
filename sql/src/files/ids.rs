//! Which ids a query asks for, where it names them.

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use datafusion::scalar::ScalarValue;

/// Ids in a list that are looked up; longer lists are left to the scan.
const IDS_MAX: usize = 100;

/// A column of ids, and those that a row has one of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) column: String,
    pub(super) any_of: Vec<String>,
}

/// What all of `filters` together say of columns of ids.
pub(super) fn asked_for(filters: &[Expr], schema: &Schema) -> Vec<Ids> {
    let is_id = |name: &str| {
        let field = schema.field_with_name(name);
        name.ends_with("_id") && field.is_ok_and(|field| field.data_type() == &DataType::Utf8View)
    };
    let mut found = Vec::new();
    let mut left: Vec<&Expr> = filters.iter().collect();
    while let Some(filter) = left.pop() {
        match filter {
            Expr::BinaryExpr(BinaryExpr {
                left: a,
                op: Operator::And,
                right: b,
            }) => left.extend([a.as_ref(), b.as_ref()]),
            Expr::BinaryExpr(BinaryExpr {
                left: a,
                op: Operator::Eq,
                right: b,
            }) => {
                let sides = match (column(a), text(b)) {
                    (Some(column), Some(text)) => Some((column, text)),
                    _ => column(b).zip(text(a)),
                };
                found.extend(sides.map(|(column, text)| Ids {
                    column: column.to_owned(),
                    any_of: vec![text.to_owned()],
                }));
            }
            Expr::InList(list) if !list.negated && list.list.len() <= IDS_MAX => {
                let texts: Option<Vec<_>> = list.list.iter().map(text).collect();
                found.extend(column(&list.expr).zip(texts).map(|(column, texts)| Ids {
                    column: column.to_owned(),
                    any_of: texts.into_iter().map(str::to_owned).collect(),
                }));
            }
            _ => {}
        }
    }
    found.retain(|ids| is_id(&ids.column));
    found
}

fn column(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Column(column) => Some(column.name()),
        _ => None,
    }
}

fn text(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Literal(
            ScalarValue::Utf8(text) | ScalarValue::Utf8View(text) | ScalarValue::LargeUtf8(text),
            _,
        ) => text.as_deref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::Field;
    use datafusion::prelude::{col, lit};

    use super::*;

    #[test]
    fn what_all_filters_say_together() {
        let text = |name| Field::new(name, DataType::Utf8View, true);
        let schema = Schema::new(vec![text("model_id"), text("run_id"), text("name")]);
        let found = |filter: Expr| {
            let found = asked_for(&[filter], &schema).into_iter();
            let found = found.map(|ids| format!("{}: {}", ids.column, ids.any_of.join(" ")));
            let mut found: Vec<_> = found.collect();
            found.sort();
            found
        };
        let model = || col("model_id").eq(lit("m1"));
        assert_eq!(found(model()), ["model_id: m1"]);
        assert_eq!(found(lit("m1").eq(col("model_id"))), ["model_id: m1"]);
        let both = model().and(col("run_id").in_list(vec![lit("r1"), lit("r2")], false));
        assert_eq!(found(both), ["model_id: m1", "run_id: r1 r2"]);
        for other in [
            model().or(col("name").eq(lit("a"))),
            col("name").eq(lit("m1")),
            col("model_id").not_eq(lit("m1")),
            col("model_id").in_list(vec![lit("m1")], true),
            col("model_id").in_list(vec![lit("m1"), col("name")], false),
            col("model_id").in_list(vec![lit("m1"); IDS_MAX + 1], false),
        ] {
            assert!(found(other.clone()).is_empty(), "{other}");
        }
    }
}
