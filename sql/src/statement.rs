//! One statement: read from text, and refused unless it only reads.

use datafusion::sql::parser::{DFParserBuilder, ParserInput, Statement as Parsed};
use datafusion::sql::sqlparser::ast::{Query, SetExpr, Statement as Sql};
use datafusion::sql::sqlparser::dialect::{Dialect, GenericDialect};
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use crate::complaint::Wrong;
use crate::error::{Error, Result};
use crate::place::Place;
use crate::{blame, chain, distinct};

/// Bytes of a query's text, at most: 1 MiB.
pub const QUERY_MAX: usize = 1 << 20;

/// How deep a query may nest.
const NESTING_MAX: usize = 100;

/// What every refusal ends with.
const READ_ONLY: &str =
    "SQL only reads here: SELECT, WITH, VALUES, SHOW, DESCRIBE and EXPLAIN are accepted";

/// First words of statements that write, or that change a session.
const REFUSED: [&str; 32] = [
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "BEGIN",
    "CALL",
    "COMMIT",
    "COPY",
    "CREATE",
    "DEALLOCATE",
    "DECLARE",
    "DELETE",
    "DETACH",
    "DISCARD",
    "DROP",
    "EXECUTE",
    "EXPORT",
    "GRANT",
    "INSERT",
    "INSTALL",
    "LOAD",
    "MERGE",
    "PRAGMA",
    "PREPARE",
    "REPLACE",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SET",
    "START",
    "TRUNCATE",
    "UPDATE",
    "USE",
];

/// One statement of a text that may have several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its text, without the semicolon.
    pub text: String,
    /// The line of the whole text on which it begins, from 1.
    pub line: usize,
    /// The byte of the whole text at which it begins.
    pub start: usize,
}

/// The statements of `text`, which semicolons separate; those inside of literals,
/// quoted names and comments do not count.
pub fn split(text: &str) -> Result<Vec<Statement>> {
    split_in(&GenericDialect {}, text)
}

/// The same for another dialect.
pub fn split_in(dialect: &dyn Dialect, text: &str) -> Result<Vec<Statement>> {
    let tokens = tokens_in(dialect, text)?;
    let mut starts = Offsets::new(text);
    let mut statements = Vec::new();
    for part in tokens.split(|token| token.token == Token::SemiColon) {
        let mut spoken = part.iter().filter(|token| is_spoken(token));
        let Some(first) = spoken.next() else {
            continue;
        };
        let last = spoken.next_back().unwrap_or(first);
        let from = starts.offset(first.span.start);
        let to = starts.offset(last.span.end);
        statements.push(Statement {
            text: text.get(from..to).unwrap_or_default().to_owned(),
            line: usize::try_from(first.span.start.line).unwrap_or(usize::MAX),
            start: from,
        });
    }
    Ok(statements)
}

/// Whether `text` ends with the semicolon that ends a statement: one that is
/// neither inside of a literal nor of a comment.
pub fn ends_statement(text: &str) -> bool {
    let Ok(tokens) = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location() else {
        return false;
    };
    let last = tokens.iter().rfind(|token| is_spoken(token));
    last.is_some_and(|token| token.token == Token::SemiColon)
}

/// `query` as a statement that may be planned.
pub(crate) fn parse(dialect: &dyn Dialect, query: &str) -> Result<Parsed> {
    if query.len() > QUERY_MAX {
        return Err(Error::Invalid(format!(
            "the query has {} bytes; at most {QUERY_MAX} are accepted",
            query.len()
        )));
    }
    let mut tokens = tokens_in(dialect, query)?;
    check_one(query, &tokens)?;
    chain::check(&tokens)?;
    number_placeholders(&mut tokens);
    distinct::mark(&mut tokens);
    let mut statements = DFParserBuilder::new(ParserInput::Tokens(tokens.clone()))
        .with_dialect(dialect)
        .with_recursion_limit(NESTING_MAX)
        .build()
        .and_then(|mut parser| parser.parse_statements())
        .map_err(|error| blame::syntax(query, &tokens, &error))?;
    let Some(mut statement) = statements.pop_front() else {
        return Err(Error::Invalid("the query is empty".into()));
    };
    restore(&mut statement);
    if reads(&statement) {
        Ok(statement)
    } else {
        Err(refusal(query, &tokens))
    }
}

fn restore(statement: &mut Parsed) {
    match statement {
        Parsed::Statement(statement) => distinct::restore(statement.as_mut()),
        Parsed::Explain(explain) => restore(&mut explain.statement),
        Parsed::CreateExternalTable(_) | Parsed::CopyTo(_) | Parsed::Reset(_) => {}
    }
}

/// The tokens of `query`, or what is wrong with its literals.
pub(crate) fn tokens(query: &str) -> Result<Vec<TokenWithSpan>> {
    tokens_in(&GenericDialect {}, query)
}

fn tokens_in(dialect: &dyn Dialect, query: &str) -> Result<Vec<TokenWithSpan>> {
    Tokenizer::new(dialect, query)
        .tokenize_with_location()
        .map_err(|error| {
            let place = place_at(error.location, 1);
            let message = format!("syntax error: {}", error.message);
            blame::wrong(Wrong::Syntax, query, &message, Some(place), None)
        })
}

/// Whether a token is anything but space and comment.
pub(crate) fn is_spoken(token: &TokenWithSpan) -> bool {
    !matches!(token.token, Token::Whitespace(_) | Token::EOF)
}

/// The place that starts at `location`.
pub(crate) fn place_at(location: Location, width: usize) -> Place {
    Place {
        line: usize::try_from(location.line).unwrap_or(0),
        column: usize::try_from(location.column).unwrap_or(0),
        width,
    }
}

/// The place of `token`, its first line only.
pub(crate) fn place_of(token: &TokenWithSpan) -> Place {
    let (start, end) = (token.span.start, token.span.end);
    let width = if start.line == end.line {
        usize::try_from(end.column.saturating_sub(start.column)).unwrap_or(1)
    } else {
        1
    };
    place_at(start, width)
}

/// Refuses none, several, and those whose first word says that they write; a
/// second look follows at what was parsed.
fn check_one(query: &str, tokens: &[TokenWithSpan]) -> Result<()> {
    let mut parts = tokens
        .split(|token| token.token == Token::SemiColon)
        .filter_map(|part| part.iter().find(|token| is_spoken(token)));
    let Some(first) = parts.next() else {
        return Err(Error::Invalid("the query is empty".into()));
    };
    if let Some(second) = parts.next() {
        let message = "one statement at a time: a second one begins here";
        let place = Some(place_of(second));
        return Err(blame::wrong(Wrong::Syntax, query, message, place, None));
    }
    if is_refused(first) {
        return Err(refusal(query, tokens));
    }
    Ok(())
}

pub(crate) fn is_word(token: &TokenWithSpan, name: &str) -> bool {
    match &token.token {
        Token::Word(word) => word.quote_style.is_none() && word.value.eq_ignore_ascii_case(name),
        _ => false,
    }
}

fn is_refused(token: &TokenWithSpan) -> bool {
    REFUSED.iter().any(|name| is_word(token, name))
}

fn refusal(query: &str, tokens: &[TokenWithSpan]) -> Error {
    let writes = |token: &&TokenWithSpan| {
        (is_refused(token) && !is_word(token, "ANALYZE")) || is_word(token, "INTO")
    };
    let culprit = tokens.iter().find(writes);
    let Some(first) = culprit.or_else(|| tokens.iter().find(|token| is_spoken(token))) else {
        return Error::Invalid(READ_ONLY.into());
    };
    let message = format!("{} is refused", first.token.to_string().to_uppercase());
    let (place, hint) = (Some(place_of(first)), Some(READ_ONLY.into()));
    blame::wrong(Wrong::Writes, query, &message, place, hint)
}

/// `?` is the next parameter, as in `$1`.
fn number_placeholders(tokens: &mut [TokenWithSpan]) {
    let mut number = 0;
    for token in tokens {
        if let Token::Placeholder(name) = &mut token.token
            && name == "?"
        {
            number += 1;
            *name = format!("${number}");
        }
    }
}

/// Whether a statement does nothing but read. Its plan is verified as well: this
/// here is a list of what is accepted, so that a new kind of statement is not.
fn reads(statement: &Parsed) -> bool {
    match statement {
        Parsed::Statement(statement) => reads_sql(statement),
        Parsed::Explain(explain) => reads(&explain.statement),
        Parsed::CreateExternalTable(_) | Parsed::CopyTo(_) | Parsed::Reset(_) => false,
    }
}

fn reads_sql(statement: &Sql) -> bool {
    match statement {
        Sql::Query(query) => reads_query(query),
        Sql::Explain { statement, .. } => reads_sql(statement),
        Sql::ExplainTable { .. }
        | Sql::ShowTables { .. }
        | Sql::ShowColumns { .. }
        | Sql::ShowFunctions { .. }
        | Sql::ShowVariable { .. } => true,
        _ => false,
    }
}

fn reads_query(query: &Query) -> bool {
    let with = query.with.iter().flat_map(|with| &with.cte_tables);
    with.into_iter().all(|table| reads_query(&table.query)) && reads_body(&query.body)
}

fn reads_body(body: &SetExpr) -> bool {
    match body {
        SetExpr::Select(select) => select.into.is_none(),
        SetExpr::Query(query) => reads_query(query),
        SetExpr::SetOperation { left, right, .. } => reads_body(left) && reads_body(right),
        SetExpr::Values(_) | SetExpr::Table(_) => true,
        _ => false,
    }
}

/// Byte offsets of the parser's lines and columns, asked for in order.
struct Offsets<'a> {
    text: &'a str,
    line: u64,
    column: u64,
    offset: usize,
}

impl<'a> Offsets<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            line: 1,
            column: 1,
            offset: 0,
        }
    }

    fn offset(&mut self, location: Location) -> usize {
        let rest = self.text.get(self.offset..).unwrap_or_default();
        for c in rest.chars() {
            if (self.line, self.column) >= (location.line, location.column) {
                break;
            }
            self.offset += c.len_utf8();
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let statements = split(text).unwrap();
        statements.into_iter().map(|s| s.text).collect()
    }

    #[test]
    fn semicolons_inside_do_not_split() {
        assert_eq!(
            texts("select ';', \"a;b\" -- c; d\n from é; ; /* ; */ select 'ü;''';"),
            ["select ';', \"a;b\" -- c; d\n from é", "select 'ü;'''"]
        );
        assert!(texts(" \n-- nothing\n;;").is_empty());
        assert_eq!(split("\n\n select 1;\nselect 2").unwrap()[1].line, 4);
    }

    #[test]
    fn the_end_of_a_statement() {
        assert!(ends_statement("select 1;"));
        assert!(ends_statement("select 1; -- done"));
        assert!(!ends_statement("select ';"));
        assert!(!ends_statement("select 1 -- ;"));
        assert!(!ends_statement(""));
    }

    #[test]
    fn only_reading_is_accepted() {
        for query in [
            "select 1",
            "with a as (select 1) select * from a;",
            "values (1), (2)",
            "(select 1) union all select 2",
            "show tables",
            "describe models",
            "explain select 1",
            "explain analyze verbose select 1",
        ] {
            assert!(parse(&GenericDialect {}, query).is_ok(), "{query}");
        }
        for query in [
            "",
            "select 1; select 2",
            "insert into models select * from models",
            "explain insert into models select * from models",
            "with a as (insert into models values (1)) select 1",
            "select * into x from models",
            "copy models to '/tmp/x'",
            "create external table x stored as parquet location '/tmp/x'",
            "set datafusion.execution.batch_size = 1",
            "reset all",
            "drop table models",
            "vacuum",
            "prepare p as select 1",
        ] {
            assert!(parse(&GenericDialect {}, query).is_err(), "{query}");
        }
    }

    #[test]
    fn long_and_deep_queries_are_refused() {
        let long = format!("select '{}'", "x".repeat(QUERY_MAX));
        assert!(
            parse(&GenericDialect {}, &long)
                .unwrap_err()
                .to_string()
                .contains("at most")
        );
        let deep = format!("select {}1{}", "(".repeat(5000), ")".repeat(5000));
        assert!(
            parse(&GenericDialect {}, &deep)
                .unwrap_err()
                .to_string()
                .contains("nested")
        );
    }
}
