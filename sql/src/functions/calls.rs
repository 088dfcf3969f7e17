//! The calls of table functions in a statement.

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, ObjectName, Spanned, TableFactor, Value, Visit, Visitor,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use super::Function;
use crate::blame;
use crate::error::{Error, Result};
use crate::place::Place;
use crate::statement::place_at;

/// A call, with its arguments as text.
#[derive(Debug)]
pub(super) struct Call {
    pub function: Function,
    pub arguments: Vec<String>,
    /// The first argument's.
    pub place: Option<Place>,
}

/// All calls in `statement`; refused where an argument is no literal.
pub(super) fn of(query: &str, statement: &Statement) -> Result<Vec<Call>> {
    let statement = match statement {
        Statement::Statement(statement) => statement,
        Statement::Explain(explain) => return of(query, &explain.statement),
        _ => return Ok(Vec::new()),
    };
    let mut collector = Collector {
        query,
        calls: Vec::new(),
    };
    match statement.visit(&mut collector) {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(collector.calls),
    }
}

struct Collector<'a> {
    query: &'a str,
    calls: Vec<Call>,
}

impl Visitor for Collector<'_> {
    type Break = Error;

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Error> {
        match factor {
            TableFactor::Table {
                name,
                args: Some(arguments),
                ..
            } => self.call(name, &arguments.args),
            TableFactor::Function { name, args, .. } => self.call(name, args),
            _ => ControlFlow::Continue(()),
        }
    }
}

impl Collector<'_> {
    fn call(&mut self, name: &ObjectName, arguments: &[FunctionArg]) -> ControlFlow<Error> {
        let name = name.0.last().and_then(|part| part.as_ident());
        let function = Function::ALL.into_iter().find(|function| {
            name.is_some_and(|name| name.value.eq_ignore_ascii_case(function.name()))
        });
        let Some(function) = function else {
            return ControlFlow::Continue(());
        };
        let spans = arguments.first().map(Spanned::span);
        let place = spans.or(name.map(|name| name.span)).map(place);
        let literals: Option<Vec<_>> = arguments.iter().map(literal).collect();
        match literals {
            Some(arguments) if function.arguments().contains(&arguments.len()) => {
                self.calls.push(Call {
                    function,
                    arguments,
                    place,
                });
                ControlFlow::Continue(())
            }
            _ => ControlFlow::Break(blame::pointed(self.query, function.usage(), place, None)),
        }
    }
}

fn literal(argument: &FunctionArg) -> Option<String> {
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value))) = argument else {
        return None;
    };
    match &value.value {
        Value::SingleQuotedString(text) => Some(text.clone()),
        Value::Number(number, _) => Some(number.to_string()),
        _ => None,
    }
}

fn place(span: Span) -> Place {
    let width = span.end.column.saturating_sub(span.start.column);
    place_at(span.start, usize::try_from(width).unwrap_or(1).max(1))
}
