//! Clauses that mean nothing here, and functions in FROM.

use crate::front::dialect::Postgres;
use datafusion::sql::sqlparser::ast::{
    DataType, Expr, FunctionArg, FunctionArgExpr, Ident, LimitClause, ObjectName, ObjectNamePart,
    Query, SelectItem, SetExpr, Statement, TableAlias, TableAliasColumnDef, TableFactor, Value,
};
use datafusion::sql::sqlparser::parser::Parser;

use super::expressions::{call, cast};
use super::rewrite::folded;

/// Functions of one value that stand in FROM as if they were tables.
const SCALARS: [&str; 8] = [
    "string_to_array",
    "current_schemas",
    "current_setting",
    "version",
    "now",
    "current_schema",
    "current_database",
    "regexp_match",
];

/// Functions in FROM that are tables here, as queries.
const FUNCTIONS: [(&str, &str); 10] = [
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
        "pg_partition_tree",
        "select 0::oid as relid, 0::oid as parentrelid, true as isleaf, 0 as level where false",
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
    let mut statements = Parser::parse_sql(&Postgres, text).ok()?;
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
        TableFactor::UNNEST { alias, .. } => return column(alias, "unnest"),
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
    if called == "unnest" {
        return unnested(factor);
    }
    if called == "generate_series" {
        column(alias, "generate_series");
        return series(factor);
    }
    if SCALARS.contains(&called.as_str()) {
        column(alias, &called);
        return derived(factor, |arguments| call(&called, arguments));
    }
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

/// The last part of a name.
pub(super) fn last(name: &ObjectName) -> Option<String> {
    name.0.last()?.as_ident().map(folded)
}

fn aliased(name: &str, columns: Vec<TableAliasColumnDef>) -> TableAlias {
    TableAlias {
        explicit: true,
        name: Ident::new(name),
        columns,
        at: None,
    }
}

/// The column of a function in FROM has the name of the function, or the alias's.
fn column(alias: &mut Option<TableAlias>, name: &str) {
    let alias = alias.get_or_insert_with(|| aliased(name, Vec::new()));
    if alias.columns.is_empty() {
        let name = alias.name.clone();
        alias.columns.push(TableAliasColumnDef {
            name,
            data_type: None,
        });
    }
}

/// A series between numbers that are computed: the engine's own wants them written out.
fn series(factor: &mut TableFactor) {
    let is_written = |arguments: &[Expr]| {
        arguments.iter().all(|argument| {
            matches!(argument, Expr::Value(value) if !matches!(value.value, Value::Placeholder(_)))
                || matches!(
                    argument,
                    Expr::UnaryOp { .. } | Expr::Interval(_) | Expr::TypedString(_)
                )
        })
    };
    if !is_written(&arguments(factor)) {
        derived(factor, |arguments| {
            let long = |expr| cast(expr, DataType::BigInt(None));
            let arguments = arguments.into_iter().map(long).collect();
            // As any series in an expression, it is unnested there.
            call("generate_series", arguments)
        });
    }
}

/// The arguments of a function in FROM.
pub(super) fn arguments(factor: &TableFactor) -> Vec<Expr> {
    let arguments = match factor {
        TableFactor::Table {
            args: Some(arguments),
            ..
        } => &arguments.args,
        TableFactor::Function { args, .. } => args,
        _ => return Vec::new(),
    };
    let expressions = arguments.iter().filter_map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
        _ => None,
    });
    expressions.collect()
}

/// A function in FROM as a query that selects what `make` makes of its arguments.
fn derived(factor: &mut TableFactor, make: impl FnOnce(Vec<Expr>) -> Expr) {
    let made = make(arguments(factor));
    let (TableFactor::Table { alias, .. } | TableFactor::Function { alias, .. }) = factor else {
        return;
    };
    let Some(mut subquery) = query("select 1 as value") else {
        return;
    };
    if let SetExpr::Select(select) = subquery.body.as_mut()
        && let Some(SelectItem::ExprWithAlias { expr, .. }) = select.projection.first_mut()
    {
        *expr = made;
    }
    *factor = TableFactor::Derived {
        lateral: false,
        subquery,
        alias: alias.take(),
        sample: None,
    };
}

/// `pg_catalog.unnest(list)`, which is read as any function.
fn unnested(factor: &mut TableFactor) {
    let array_exprs = arguments(factor);
    let (TableFactor::Table { alias, .. } | TableFactor::Function { alias, .. }) = factor else {
        return;
    };
    column(alias, "unnest");
    *factor = TableFactor::UNNEST {
        array_exprs,
        alias: alias.take(),
        with_offset: false,
        with_offset_alias: None,
        with_ordinality: false,
    };
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
