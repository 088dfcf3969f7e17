//! Queries: clauses that mean nothing here, functions in FROM, subqueries that give one
//! value of many.

use std::collections::HashSet;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Array, Expr, Function, FunctionArgumentClause, FunctionArguments, Ident, LimitClause,
    ObjectName, ObjectNamePart, OrderByKind, Query, Select, SelectItem, SetExpr, Statement,
    TableAlias, TableFactor, Visit, Visitor,
};
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::parser::Parser;

use super::empty::is_array;
use super::expressions::call;
use super::rewrite::folded;

/// Functions in FROM that are tables here, as queries.
const FUNCTIONS: [(&str, &str); 9] = [
    (
        "pg_show_all_settings",
        "select * from pg_catalog.pg_settings",
    ),
    (
        "pg_get_keywords",
        "select word, 'R' as catcode, 'A' as barelabel, 'reserved' as catdesc, 'requires AS' as baredesc \
         from (values ('select'), ('from'), ('where'), ('group'), ('order'), ('limit'), ('union')) as k(word)",
    ),
    (
        "aclexplode",
        "select 0::oid as grantor, 0::oid as grantee, '' as privilege_type, false as is_grantable where false",
    ),
    (
        "pg_options_to_table",
        "select '' as option_name, '' as option_value where false",
    ),
    (
        "pg_listening_channels",
        "select '' as pg_listening_channels where false",
    ),
    (
        "pg_available_extensions",
        "select * from pg_catalog.pg_available_extensions",
    ),
    (
        "pg_get_publication_tables",
        "select 0::oid as relid where false",
    ),
    (
        "pg_stat_get_activity",
        "select * from pg_catalog.pg_stat_activity",
    ),
    ("pg_lock_status", "select * from pg_catalog.pg_locks"),
];

/// Drops what means nothing for those who only read, and makes `FETCH FIRST` a limit.
pub(super) fn plain(query: &mut Query) {
    query.locks.clear();
    let Some(fetch) = query.fetch.take() else {
        return;
    };
    let limit = fetch
        .quantity
        .unwrap_or_else(|| super::expressions::integer(1));
    match &mut query.limit_clause {
        Some(LimitClause::LimitOffset { limit: place, .. }) => *place = Some(limit),
        other => {
            *other = Some(LimitClause::LimitOffset {
                limit: Some(limit),
                offset: None,
                limit_by: Vec::new(),
            });
        }
    }
}

/// A query of our own.
fn query(text: &str) -> Option<Box<Query>> {
    let mut statements = Parser::parse_sql(&PostgreSqlDialect {}, text).ok()?;
    match statements.pop()? {
        Statement::Query(query) => Some(query),
        _ => None,
    }
}

/// A function in FROM: without its schema, or as the table that it is.
pub(super) fn functions(factor: &mut TableFactor) {
    let (name, alias) = match factor {
        TableFactor::Table {
            name,
            args: Some(_),
            alias,
            ..
        }
        | TableFactor::Function { name, alias, .. } => (name, alias),
        TableFactor::UNNEST {
            with_ordinality: true,
            ..
        } => return ordinality(factor),
        _ => return,
    };
    if let [ObjectNamePart::Identifier(schema), function] = name.0.as_slice()
        && ["pg_catalog", "information_schema"].contains(&folded(schema).as_str())
    {
        name.0 = vec![function.clone()];
    }
    let Some(called) = last(name) else {
        return;
    };
    let Some((_, text)) = FUNCTIONS.iter().find(|(known, _)| *known == called) else {
        return;
    };
    let Some(subquery) = query(text) else {
        return;
    };
    let alias = alias.take().or_else(|| Some(aliased(&called, Vec::new())));
    *factor = TableFactor::Derived {
        lateral: false,
        subquery,
        alias,
        sample: None,
    };
}

fn last(name: &ObjectName) -> Option<String> {
    name.0.last()?.as_ident().map(folded)
}

fn aliased(
    name: &str,
    columns: Vec<datafusion::sql::sqlparser::ast::TableAliasColumnDef>,
) -> TableAlias {
    TableAlias {
        explicit: true,
        name: Ident::new(name),
        columns,
        at: None,
    }
}

/// `unnest(list) WITH ORDINALITY`: the items and their numbers side by side.
fn ordinality(factor: &mut TableFactor) {
    let TableFactor::UNNEST {
        array_exprs, alias, ..
    } = factor
    else {
        return;
    };
    let [list] = array_exprs.as_slice() else {
        return;
    };
    let Some(mut subquery) = query("select 1 as unnest, 1 as ordinality") else {
        return;
    };
    if let SetExpr::Select(select) = subquery.body.as_mut() {
        let items = [
            call("unnest", vec![list.clone()]),
            call("unnest", vec![call("pg_subscripts", vec![list.clone()])]),
        ];
        for (item, made) in select.projection.iter_mut().zip(items) {
            if let SelectItem::ExprWithAlias { expr, .. } = item {
                *expr = made;
            }
        }
    }
    let alias = alias.take().or_else(|| Some(aliased("unnest", Vec::new())));
    *factor = TableFactor::Derived {
        lateral: false,
        subquery,
        alias,
        sample: None,
    };
}

/// Nothing yet is made of functions in FROM that take columns of other tables.
pub(super) fn laterals(_select: &mut Select) {}

/// A subquery of one value that may have more rows takes the first, and `ARRAY(...)`
/// is what an aggregate makes: the engine wants to see that there is one row.
pub(super) fn subqueries(expr: &mut Expr) {
    match expr {
        Expr::Subquery(query) if is_correlated(query) => first(query),
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
    let Some(expr) = item(select) else {
        return;
    };
    let is_aggregate = matches!(expr, Expr::Function(function) if last(&function.name).is_some_and(|name| {
        ["count", "max", "min", "sum", "avg", "array_agg", "string_agg", "bool_or", "bool_and", "first_value", "array_to_string", "json_agg"].contains(&name.as_str())
    }));
    if is_aggregate {
        return;
    }
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

/// Whether a query names a table that is not its own.
fn is_correlated(query: &Query) -> bool {
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
    let mut names = Names::default();
    let _ = query.visit(&mut names);
    !names.used.is_subset(&names.own)
}
