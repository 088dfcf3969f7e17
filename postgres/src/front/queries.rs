//! Queries: clauses that mean nothing here, functions in FROM, subqueries that give one
//! value of many.

use std::collections::HashSet;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Array, BinaryOperator, DataType, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArgumentClause, FunctionArguments, Ident, LimitClause, ObjectName, ObjectNamePart,
    OrderByKind, Query, Select, SelectItem, SetExpr, Statement, TableAlias, TableAliasColumnDef,
    TableFactor, UnaryOperator, Value, Visit, Visitor,
};
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::parser::Parser;

use super::empty::is_array;
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

fn last(name: &ObjectName) -> Option<String> {
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

/// `CASE WHEN condition THEN found END`.
fn case(condition: Expr, found: Expr) -> Expr {
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
fn apart(query: &mut Query) -> Option<Expr> {
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

fn conjunction(conditions: Vec<Expr>) -> Option<Expr> {
    conditions.into_iter().reduce(|left, right| Expr::BinaryOp {
        left: Box::new(left),
        op: BinaryOperator::And,
        right: Box::new(right),
    })
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
