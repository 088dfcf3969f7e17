//! From DataFusion's errors to texts that point at the place and name what was
//! perhaps meant.

use std::io::ErrorKind;

use datafusion::arrow::error::ArrowError;
use datafusion::common::{Column, Diagnostic, SchemaError, Span};
use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan};
use deltalake::DeltaTableError;
use parquet::errors::ParquetError;

use crate::complaint::{Complaint, Wrong};
use crate::error::Error;
use crate::near::did_you_mean;
use crate::place::Place;
use crate::statement::{is_spoken, place_at, place_of, tokens};
use crate::{CATALOG, SCHEMA};

/// Columns that are listed when none looks like the one that was asked for.
const COLUMNS_LISTED: usize = 12;

/// Names that a query may use.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) tables: Vec<String>,
    pub(crate) functions: Vec<String>,
}

/// `message`, the place in `query`, and `hint`, each on lines of its own.
pub(crate) fn pointed(
    query: &str,
    message: &str,
    place: Option<Place>,
    hint: Option<String>,
) -> Error {
    wrong(Wrong::Other, query, message, place, hint)
}

/// The same, for something that is known to be `wrong`.
pub(crate) fn wrong(
    wrong: Wrong,
    query: &str,
    message: &str,
    place: Option<Place>,
    hint: Option<String>,
) -> Error {
    Error::Query(Box::new(Complaint {
        wrong,
        message: message.to_owned(),
        place,
        hint,
        shown: place.and_then(|place| place.show(query)),
    }))
}

/// A query that could not be parsed.
pub(crate) fn syntax(query: &str, tokens: &[TokenWithSpan], error: &DataFusionError) -> Error {
    let (root, _) = peel(error);
    let text = match root {
        DataFusionError::SQL(error, _) => match error.as_ref() {
            ParserError::RecursionLimitExceeded => {
                let message = "the query is nested too deeply";
                return wrong(Wrong::Deep, query, message, None, None);
            }
            ParserError::ParserError(text) | ParserError::TokenizerError(text) => text.clone(),
        },
        other => other.message().into_owned(),
    };
    let (text, location) = take_location(&text);
    let at_end = || {
        let last = tokens.iter().rfind(|token| is_spoken(token))?;
        Some(place_at(last.span.end, 1))
    };
    let place = match location {
        Some(location) => tokens
            .iter()
            .find(|token| token.span.start == location)
            .map(place_of)
            .or(Some(place_at(location, 1))),
        None => at_end(),
    };
    let text = text
        .replace("Expected: ", "expected ")
        .replace(", found: EOF", ", but the query ends here")
        .replace(", found: ", ", found ");
    let message = format!("syntax error: {text}");
    wrong(Wrong::Syntax, query, &message, place, None)
}

/// `… at Line: 1, Column: 8`, as the text before and the location.
fn take_location(text: &str) -> (&str, Option<Location>) {
    let parse = |tail: &str| -> Option<Location> {
        let (line, column) = tail.split_once(", Column: ")?;
        Some(Location::new(line.parse().ok()?, column.parse().ok()?))
    };
    match text.rsplit_once(" at Line: ") {
        Some((before, tail)) => (before, parse(tail)),
        None => (text, None),
    }
}

/// Anything that went wrong with `query` after it was parsed.
pub(crate) fn explain(query: &str, names: &Names, error: &DataFusionError) -> Error {
    let (root, diagnostic) = peel(error);
    let span = diagnostic.and_then(|diagnostic| diagnostic.span);
    match root {
        DataFusionError::SchemaError(schema, _) => schema_error(query, schema, span),
        DataFusionError::Plan(text) => {
            // Text, for everybody outside.
            let text = text.replace("Utf8View", "Utf8");
            plan_error(query, names, &text, diagnostic)
        }
        DataFusionError::SQL(..) => match tokens(query) {
            Ok(tokens) => syntax(query, &tokens, error),
            Err(error) => error,
        },
        DataFusionError::NotImplemented(text) => {
            let text = format!("not supported: {}", first_paragraph(text));
            wrong(Wrong::Unsupported, query, &text, span.map(place), None)
        }
        DataFusionError::Configuration(text) => Error::Invalid(text.clone()),
        DataFusionError::Execution(text) => wrong(Wrong::Value, query, text, None, None),
        DataFusionError::ArrowError(error, _) => arrow(query, error),
        DataFusionError::ResourcesExhausted(text) => Error::Exhausted(first_paragraph(text).into()),
        DataFusionError::External(inner) => match inner.downcast_ref::<DeltaTableError>() {
            Some(error) => delta(error),
            None => match inner.downcast_ref::<Error>() {
                Some(error) => error.clone(),
                None => Error::Internal(inner.to_string()),
            },
        },
        DataFusionError::ObjectStore(error) => {
            Error::Unavailable(format!("cannot read the warehouse: {error}"))
        }
        DataFusionError::IoError(error) => io(error),
        DataFusionError::ParquetError(error) => match conditions(error) {
            Some(text) if text.contains("DivideByZero") => arrow(query, &ArrowError::DivideByZero),
            Some(text) => Error::Invalid(format!("a condition cannot be computed: {text}")),
            None => Error::Damaged(format!("a file of the warehouse is damaged: {error}")),
        },
        other => Error::Internal(first_paragraph(&other.message()).to_owned()),
    }
}

/// The error inside of all wrappers, and the innermost diagnostic around it.
fn peel(error: &DataFusionError) -> (&DataFusionError, Option<&Diagnostic>) {
    let (mut error, mut diagnostic) = (error, None);
    loop {
        error = match error {
            DataFusionError::Diagnostic(found, inner) => {
                diagnostic = Some(found.as_ref());
                inner
            }
            DataFusionError::Context(_, inner) => inner,
            DataFusionError::Shared(inner) => inner,
            DataFusionError::Collection(errors) if !errors.is_empty() => &errors[0],
            DataFusionError::External(inner) => match inner.downcast_ref::<DataFusionError>() {
                Some(inner) => inner,
                None => return (error, diagnostic),
            },
            DataFusionError::ArrowError(inner, _) => match inner.as_ref() {
                ArrowError::ExternalError(inner) => match inner.downcast_ref::<DataFusionError>() {
                    Some(inner) => inner,
                    None => return (error, diagnostic),
                },
                _ => return (error, diagnostic),
            },
            _ => return (error, diagnostic),
        };
    }
}

fn place(span: Span) -> Place {
    let whole = span.end.line == span.start.line;
    let width = if whole {
        span.end.column.saturating_sub(span.start.column)
    } else {
        1
    };
    let location = Location::new(span.start.line, span.start.column);
    place_at(location, usize::try_from(width).unwrap_or(1))
}

/// Where `query` has the word `name`.
fn place_of_word(query: &str, name: &str) -> Option<Place> {
    let tokens = tokens(query).ok()?;
    let is_it = |token: &&TokenWithSpan| match &token.token {
        Token::Word(word) => word.value.eq_ignore_ascii_case(name),
        Token::SingleQuotedString(text) => text == name,
        _ => false,
    };
    tokens.iter().find(is_it).map(place_of)
}

fn schema_error(query: &str, error: &SchemaError, span: Option<Span>) -> Error {
    let found = |column: &Column| {
        let span = span.or_else(|| column.spans().first());
        span.map(place)
            .or_else(|| place_of_word(query, column.name()))
    };
    match error {
        SchemaError::FieldNotFound {
            field,
            valid_fields,
        } => {
            let message = match &field.relation {
                Some(table) => format!("{} has no column {}", table.table(), field.name()),
                None => format!("there is no column {}", field.name()),
            };
            let mut names: Vec<&str> = valid_fields.iter().map(Column::name).collect();
            names.dedup();
            let hint = did_you_mean(field.name(), names.iter().copied()).or_else(|| list(&names));
            wrong(Wrong::NoColumn, query, &message, found(field), hint)
        }
        SchemaError::AmbiguousReference { field } => {
            let message = format!("more than one table has a column {}", field.name());
            let hint = format!("write which one is meant, as in t.{}", field.name());
            wrong(Wrong::Ambiguous, query, &message, found(field), Some(hint))
        }
        SchemaError::DuplicateQualifiedField { name, .. }
        | SchemaError::DuplicateUnqualifiedField { name } => {
            let message = format!("two columns are named {name}: give one of them another name");
            let place = place_of_word(query, name);
            wrong(Wrong::Twice, query, &message, place, None)
        }
    }
}

fn list(columns: &[&str]) -> Option<String> {
    if columns.is_empty() {
        return None;
    }
    let shown: Vec<&str> = columns.iter().copied().take(COLUMNS_LISTED).collect();
    let more = if columns.len() > shown.len() {
        ", ..."
    } else {
        ""
    };
    Some(format!("columns: {}{more}", shown.join(", ")))
}

fn plan_error(query: &str, names: &Names, text: &str, diagnostic: Option<&Diagnostic>) -> Error {
    let span = diagnostic.and_then(|diagnostic| diagnostic.span).map(place);
    if let Some(table) = quoted(text, "table '", "' not found") {
        let prefix = format!("{CATALOG}.{SCHEMA}.");
        let table = table.strip_prefix(&prefix).unwrap_or(table);
        let name = table.rsplit('.').next().unwrap_or(table);
        let hint = did_you_mean(name, names.tables.iter().map(String::as_str))
            .or_else(|| Some("SHOW TABLES lists what there is".into()));
        let place = place_of_word(query, name).or(span);
        let message = format!("there is no table {table}");
        return wrong(Wrong::NoTable, query, &message, place, hint);
    }
    if let Some(function) = quoted(text, "Invalid function '", "'") {
        let hint = did_you_mean(function, names.functions.iter().map(String::as_str));
        let place = span.or_else(|| place_of_word(query, function));
        let message = format!("there is no function {function}");
        return wrong(Wrong::NoFunction, query, &message, place, hint);
    }
    // A note about another place says nothing without it.
    let hints = diagnostic.map(|diagnostic| {
        let notes = diagnostic.notes.iter().filter(|note| note.span.is_none());
        let notes = notes.map(|note| note.message.as_str());
        let helps = diagnostic.helps.iter().map(|help| help.message.as_str());
        let hints = notes
            .chain(helps)
            .filter(|hint| !hint.starts_with("has type"));
        hints.collect::<Vec<_>>().join("\n")
    });
    // Where a hint says what to do, the message need not.
    let hints = hints.filter(|hints| !hints.is_empty());
    let text = match (diagnostic, &hints) {
        (Some(diagnostic), Some(_)) => &diagnostic.message,
        _ => first_paragraph(text),
    };
    pointed(query, text, span, hints)
}

fn quoted<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (name, _) = text.strip_prefix(before)?.split_once(after)?;
    Some(name)
}

/// Without the invitation to report a bug to others, and without a backtrace.
fn first_paragraph(text: &str) -> &str {
    let text = text.split("\n\nbacktrace").next().unwrap_or(text);
    text.split(".\nThis issue was likely")
        .next()
        .unwrap_or(text)
}

/// What went wrong with a condition that rows were filtered by while they were decoded.
fn conditions(error: &ParquetError) -> Option<&str> {
    let ParquetError::External(inner) = error else {
        return None;
    };
    match inner.downcast_ref::<ArrowError>()? {
        ArrowError::ComputeError(text) => text.strip_prefix("Error evaluating filter predicate: "),
        _ => None,
    }
}

fn arrow(query: &str, error: &ArrowError) -> Error {
    let wrong = |kind, text: &str| wrong(kind, query, text, None, None);
    match error {
        ArrowError::DivideByZero => wrong(Wrong::ByZero, "division by zero"),
        ArrowError::CastError(text) | ArrowError::ParseError(text) => wrong(Wrong::Value, text),
        ArrowError::ArithmeticOverflow(text) => wrong(Wrong::Range, text),
        ArrowError::ComputeError(text)
        | ArrowError::InvalidArgumentError(text)
        | ArrowError::NotYetImplemented(text) => Error::Invalid(text.clone()),
        ArrowError::IoError(_, error) => io(error),
        ArrowError::ParquetError(text) => {
            Error::Damaged(format!("a file of the warehouse is damaged: {text}"))
        }
        other => Error::Internal(other.to_string()),
    }
}

/// Of reading the warehouse, or of spilling.
fn io(error: &std::io::Error) -> Error {
    let text = error.to_string();
    if error.kind() == ErrorKind::StorageFull {
        return Error::Exhausted(format!(
            "there is no room where queries spill (setting sql_spill_dir): {text}"
        ));
    }
    match text.split_once("during the spilling process has exceeded the allowable limit of ") {
        Some((_, limit)) => Error::Exhausted(format!(
            "queries spill more than {} to disk, the limit for all together (setting sql_spill): \
             ask for fewer columns or rows, or raise it",
            limit.split(". ").next().unwrap_or(limit)
        )),
        None => Error::Unavailable(format!("cannot read the warehouse: {text}")),
    }
}

fn delta(error: &DeltaTableError) -> Error {
    match error {
        DeltaTableError::ObjectStore { .. } | DeltaTableError::Io { .. } => {
            Error::Unavailable(format!("cannot read the warehouse: {error}"))
        }
        other => Error::Damaged(format!("cannot read a table of the warehouse: {other}")),
    }
}
