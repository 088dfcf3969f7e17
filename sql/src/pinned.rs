//! `set modeldb.as_of = '2026-05-03';`: the moment as of which queries are answered.
//!
//! As a statement before the query, in the same text, it holds for that query. Front ends that
//! have sessions keep it: see [`Pin::read`].

use datafusion::arrow::compute::kernels::cast_utils::string_to_datetime;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};
use modeldb_warehouse::Micros;

use crate::error::{Error, Result};
use crate::options::QueryOptions;
use crate::statement::{is_spoken, split, tokens};

/// The setting's name.
const NAME: [&str; 2] = ["modeldb", "as_of"];

/// What a statement says of the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pin {
    /// As of then.
    At(Micros),
    /// As of now again.
    Now,
}

impl Pin {
    /// What `statement` sets, if that is what it does: `set modeldb.as_of = '…'` (or `to`),
    /// `set modeldb.as_of = default`, `reset modeldb.as_of`.
    pub fn read(statement: &str) -> Result<Option<Self>> {
        let tokens = tokens(statement)?;
        let spoken: Vec<&Token> = { tokens.iter() }
            .filter(|token| is_spoken(token) && token.token != Token::SemiColon)
            .map(|token: &TokenWithSpan| &token.token)
            .collect();
        let (verb, rest) = match spoken.as_slice() {
            [verb, modeldb, Token::Period, as_of, rest @ ..]
                if is_word(modeldb, NAME[0]) && is_word(as_of, NAME[1]) =>
            {
                (verb, rest)
            }
            _ => return Ok(None),
        };
        match rest {
            [] if is_word(verb, "reset") => Ok(Some(Self::Now)),
            [is, value] if is_word(verb, "set") && (**is == Token::Eq || is_word(is, "to")) => {
                Self::parse(value).map(Some)
            }
            _ => Err(usage("that")),
        }
    }

    /// The value of the setting, as text.
    pub fn of_text(text: &str) -> Result<Self> {
        match text.trim() {
            "" => Ok(Self::Now),
            text => {
                let moment = string_to_datetime(&chrono::Utc, text);
                let moment = moment.map_err(|_| usage(text))?;
                Ok(Self::At(Micros(moment.timestamp_micros())))
            }
        }
    }

    /// The moment; none for now.
    pub fn moment(self) -> Option<Micros> {
        match self {
            Self::At(moment) => Some(moment),
            Self::Now => None,
        }
    }

    fn parse(value: &Token) -> Result<Self> {
        match value {
            Token::SingleQuotedString(text) => Self::of_text(text),
            value if is_word(value, "default") => Ok(Self::Now),
            other => Err(usage(&other.to_string())),
        }
    }
}

fn is_word(token: &Token, name: &str) -> bool {
    matches!(token, Token::Word(word) if word.value.eq_ignore_ascii_case(name))
}

fn usage(given: &str) -> Error {
    Error::Invalid(format!(
        "modeldb.as_of: {given} is no moment: set modeldb.as_of = '2026-05-03T12:00:00Z' is accepted, a \
         date too, and reset modeldb.as_of"
    ))
}

/// `text` without the statements before the query that pin it, which become white space: so
/// places in it stay what they are.
pub(crate) fn unpin(text: &str, options: &QueryOptions) -> Result<(String, QueryOptions)> {
    let mut options = options.clone();
    // Nearly all queries have none.
    if !text.contains(';') {
        return Ok((text.to_owned(), options));
    }
    let mut query = text.to_owned();
    let mut statements = split(text)?;
    statements.pop();
    let mut from = 0;
    for statement in statements {
        let Some(pin) = Pin::read(&statement.text)? else {
            break;
        };
        options.as_of = pin.moment();
        let end = text[from..]
            .find(&statement.text)
            .map(|at| from + at + statement.text.len());
        let end = end.and_then(|end| Some(end + text[end..].find(';')? + 1));
        let Some(end) = end else { break };
        let blank: String = { text[from..end].chars() }
            .map(|c| if c == '\n' { '\n' } else { ' ' })
            .collect();
        let shift = text.len() - query.len();
        query.replace_range(from - shift..end - shift, &blank);
        from = end;
    }
    Ok((query, options))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pinned(text: &str) -> (String, Option<i64>) {
        let (query, options) = unpin(text, &QueryOptions::default()).unwrap();
        (query, options.as_of.map(|moment| moment.0))
    }

    #[test]
    fn statements_before_the_query_are_taken_out() {
        let (query, moment) = pinned("SET modeldb.as_of = '1970-01-02';\nselect 1");
        assert_eq!(query.trim(), "select 1");
        assert_eq!(query.find('\n'), Some(33));
        assert_eq!(moment, Some(86_400_000_000));
        let (query, moment) =
            pinned("set modeldb.as_of to '1970-01-02 00:00:01'; reset modeldb.as_of; select ';'");
        assert_eq!((query.trim(), moment), ("select ';'", None));
        let several = "select 1; set modeldb.as_of = '1970-01-02'";
        assert_eq!(pinned(several), (several.to_owned(), None));
    }

    #[test]
    fn what_is_no_moment_is_told() {
        for bad in [
            "set modeldb.as_of = 'soon'",
            "set modeldb.as_of = 7",
            "set modeldb.as_of",
        ] {
            assert!(Pin::read(bad).is_err(), "{bad}");
        }
        assert_eq!(Pin::read("set modeldb.other = '1'").unwrap(), None);
        assert_eq!(Pin::read("select 1").unwrap(), None);
    }
}
