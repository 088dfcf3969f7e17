//! One walk over a statement that makes PostgreSQL's SQL the engine's.

use std::collections::HashMap;
use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, Expr, Ident, ObjectName, ObjectNamePart, Query, Select, SelectItem,
    Statement as Sql, TableFactor, VisitMut, VisitorMut,
};
use modeldb_sql::{Error, Result};

use super::{empty, expressions, from, names, reg, subqueries};
use crate::catalog::{oids, shape};

/// Rewrites `statement`; `tables` are those of `public`.
pub(super) fn statement(statement: &mut Statement, tables: &[String]) -> Result<()> {
    match statement {
        Statement::Statement(sql) => sql_statement(sql, tables),
        Statement::Explain(explain) => self::statement(&mut explain.statement, tables),
        _ => Ok(()),
    }
}

fn sql_statement(sql: &mut Sql, tables: &[String]) -> Result<()> {
    let mut rewriter = Rewriter {
        tables,
        scopes: Vec::new(),
        empty: Vec::new(),
    };
    match VisitMut::visit(sql, &mut rewriter) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

/// What names mean in a query.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// Names that `WITH` gives.
    ctes: Vec<String>,
    /// Tables of the catalog by what they are called here.
    tables: HashMap<String, u32>,
}

struct Rewriter<'a> {
    tables: &'a [String],
    scopes: Vec<Scope>,
    /// Of each SELECT around, whether it never has rows.
    empty: Vec<bool>,
}

/// What a name is without quotes.
pub(super) fn folded(ident: &Ident) -> String {
    match ident.quote_style {
        Some(_) => ident.value.clone(),
        None => ident.value.to_lowercase(),
    }
}

impl Rewriter<'_> {
    /// The schema and name of the catalog's table that `name` means.
    fn catalog_table(&self, name: &ObjectName) -> Option<&'static shape::Shape> {
        let parts: Vec<String> = name
            .0
            .iter()
            .filter_map(|part| Some(folded(part.as_ident()?)))
            .collect();
        match parts.as_slice() {
            [name] => {
                let is_other = self.tables.contains(name)
                    || self.scopes.iter().any(|scope| scope.ctes.contains(name));
                if is_other {
                    None
                } else {
                    shape::find(shape::PG_CATALOG, name)
                }
            }
            [schema, name] | [_, schema, name] => shape::find(schema, name),
            _ => None,
        }
    }

    /// The number of the catalog's table that is called `name` in this query or those
    /// around it.
    fn oid_of(&self, name: &str) -> Option<u32> {
        let mut scopes = self.scopes.iter().rev();
        scopes.find_map(|scope| scope.tables.get(name)).copied()
    }

    fn is_empty(&self, query: &Query) -> bool {
        empty::is_empty(query, &|name| self.catalog_table(name))
    }
}

impl VisitorMut for Rewriter<'_> {
    type Break = Error;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        let ctes = query.with.iter().flat_map(|with| &with.cte_tables);
        let ctes = ctes.map(|cte| folded(&cte.alias.name)).collect();
        let is_outermost = self.scopes.is_empty();
        self.scopes.push(Scope {
            ctes,
            tables: HashMap::new(),
        });
        from::plain(query);
        empty::without_empty(query.body.as_mut(), &|name| self.catalog_table(name));
        if is_outermost {
            shown_names(query);
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &mut Query) -> ControlFlow<Error> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Error> {
        names::give(select);
        subqueries::selected(select);
        self.empty.push(empty::select_is_empty(select, &|name| {
            self.catalog_table(name)
        }));
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, _select: &mut Select) -> ControlFlow<Error> {
        self.empty.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, name: &mut ObjectName) -> ControlFlow<Error> {
        if let Some(shape) = self.catalog_table(name)
            && let [ObjectNamePart::Identifier(ident)] = name.0.as_slice()
        {
            let schema = Ident::new(shape.schema_name);
            let ident = ident.clone();
            name.0 = vec![
                ObjectNamePart::Identifier(schema),
                ObjectNamePart::Identifier(ident),
            ];
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Error> {
        from::functions(factor);
        if let TableFactor::Table {
            name,
            alias,
            args: None,
            ..
        } = factor
            && let Some(shape) = self.catalog_table(name)
            && let Some(scope) = self.scopes.last_mut()
        {
            let called = match alias {
                Some(alias) => folded(&alias.name),
                None => shape.name.to_owned(),
            };
            let oid = oids::of_table(shape.schema_name, shape.name);
            scope.tables.insert(called, oid);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Error> {
        // Where there are no rows, nothing is asked of a subquery.
        let is_idle = self.empty.last() == Some(&true);
        if let Some(folded) =
            empty::folded(expr, &|query| is_idle || self.is_empty(query), &|name| {
                self.catalog_table(name)
            })
        {
            *expr = folded;
        }
        subqueries::subqueries(expr);
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Error> {
        expressions::rewrite(expr, &|name| self.oid_of(name));
        ControlFlow::Continue(())
    }
}

/// What is a number inside is shown by its name.
fn shown_names(query: &mut Query) {
    let datafusion::sql::sqlparser::ast::SetExpr::Select(select) = query.body.as_mut() else {
        return;
    };
    for item in &mut select.projection {
        let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item else {
            continue;
        };
        if let Expr::Cast { data_type, .. } = expr
            && reg::KINDS.contains(&expressions::type_name(data_type).as_str())
        {
            let inner = std::mem::replace(expr, Expr::Tuple(Vec::new()));
            *expr = Expr::Cast {
                kind: CastKind::DoubleColon,
                expr: Box::new(inner),
                data_type: DataType::Text,
                array: false,
                format: None,
            };
        }
    }
}
