//! Errors as PostgreSQL tells them: a code of five characters, a text, a place.

use std::io;

use modeldb_sql::{Complaint, Error, Wrong};
use pgwire::messages::response::ErrorResponse;

use crate::limits::ERROR_TEXT_MAX;

/// Outcome of what a client asks for.
pub(crate) type Result<T, E = Refusal> = std::result::Result<T, E>;

/// Codes of PostgreSQL's Appendix A.
pub(crate) mod code {
    pub(crate) const PROTOCOL: &str = "08P01";
    pub(crate) const UNSUPPORTED: &str = "0A000";
    pub(crate) const RANGE: &str = "22003";
    pub(crate) const TIME_FORMAT: &str = "22007";
    pub(crate) const BY_ZERO: &str = "22012";
    pub(crate) const BAD_SETTING: &str = "22023";
    pub(crate) const VALUE: &str = "22P02";
    pub(crate) const BINARY: &str = "22P03";
    pub(crate) const CURSOR_STATE: &str = "24000";
    pub(crate) const NO_STATEMENT: &str = "26000";
    pub(crate) const NO_TRANSACTION: &str = "25P01";
    pub(crate) const FAILED_TRANSACTION: &str = "25P02";
    pub(crate) const READ_ONLY: &str = "25006";
    pub(crate) const NO_CURSOR: &str = "34000";
    pub(crate) const NO_SAVEPOINT: &str = "3B001";
    pub(crate) const NO_DATABASE: &str = "3D000";
    pub(crate) const AMBIGUOUS: &str = "42702";
    pub(crate) const NO_COLUMN: &str = "42703";
    pub(crate) const NO_OBJECT: &str = "42704";
    pub(crate) const TWICE: &str = "42701";
    pub(crate) const TWO_CURSORS: &str = "42P03";
    pub(crate) const TWO_STATEMENTS: &str = "42P05";
    pub(crate) const NO_FUNCTION: &str = "42883";
    pub(crate) const NO_TABLE: &str = "42P01";
    pub(crate) const SYNTAX: &str = "42601";
    pub(crate) const WRONG: &str = "42000";
    pub(crate) const MEMORY: &str = "53200";
    pub(crate) const CONNECTIONS: &str = "53300";
    pub(crate) const LIMIT: &str = "54000";
    pub(crate) const DEEP: &str = "54001";
    pub(crate) const CURSOR_SCROLL: &str = "55000";
    pub(crate) const FIXED_SETTING: &str = "55P02";
    pub(crate) const CANCELLED: &str = "57014";
    pub(crate) const STOPPING: &str = "57P01";
    pub(crate) const UNAVAILABLE: &str = "58030";
    pub(crate) const INTERNAL: &str = "XX000";
    pub(crate) const DAMAGED: &str = "XX001";
}

/// Why something is not done.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The client is told, and may go on.
    Told(Box<Told>),
    /// The client is told, and the connection ends.
    Fatal(Box<Told>),
    /// The client is gone.
    Gone(io::Error),
}

/// What a client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// The character of the client's text, from 1.
    pub(crate) position: Option<usize>,
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Gone(error)
    }
}

impl From<Told> for Refusal {
    fn from(told: Told) -> Self {
        Self::Told(Box::new(told))
    }
}

/// A refusal with `code`.
pub(crate) fn refuse(code: &'static str, message: impl Into<String>) -> Refusal {
    Told::new(code, message).into()
}

impl Told {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            position: None,
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What the engine says of `query`, which begins at `offset` characters of what
    /// the client sent.
    pub(crate) fn of_engine(error: &Error, query: &str, offset: usize) -> Self {
        match error {
            Error::Query(complaint) => Self::of_complaint(complaint, query, offset),
            Error::Invalid(text) => Self::new(code::WRONG, text),
            Error::Exhausted(text) => Self::new(code::MEMORY, text),
            Error::TooLarge(text) => Self::new(code::LIMIT, text),
            Error::TimedOut(text) | Error::Cancelled(text) => Self::new(code::CANCELLED, text),
            Error::Busy(text) => Self::new(code::CONNECTIONS, text),
            Error::Unavailable(text) => Self::new(code::UNAVAILABLE, text),
            Error::Damaged(text) => Self::new(code::DAMAGED, text),
            Error::Internal(_) => Self::new(code::INTERNAL, error.to_string()),
        }
    }

    fn of_complaint(complaint: &Complaint, query: &str, offset: usize) -> Self {
        let code = match complaint.wrong {
            Wrong::Syntax => code::SYNTAX,
            Wrong::Deep => code::DEEP,
            Wrong::Writes => code::READ_ONLY,
            Wrong::NoTable => code::NO_TABLE,
            Wrong::NoColumn => code::NO_COLUMN,
            Wrong::NoFunction => code::NO_FUNCTION,
            Wrong::Ambiguous => code::AMBIGUOUS,
            Wrong::Twice => code::TWICE,
            Wrong::Unsupported => code::UNSUPPORTED,
            Wrong::Value => code::VALUE,
            Wrong::Range => code::RANGE,
            Wrong::ByZero => code::BY_ZERO,
            Wrong::Other => code::WRONG,
        };
        let place = complaint.place;
        Self {
            code,
            message: complaint.message.clone(),
            hint: complaint.hint.clone(),
            position: place.map(|place| offset + position(query, place.line, place.column)),
        }
    }

    /// As a message of the protocol.
    pub(crate) fn response(&self, severity: &str) -> ErrorResponse {
        let cut = |text: &str| match text.char_indices().nth(ERROR_TEXT_MAX) {
            Some((end, _)) => format!("{}...", &text[..end]),
            None => text.to_owned(),
        };
        let mut fields = vec![
            (b'S', severity.to_owned()),
            (b'V', severity.to_owned()),
            (b'C', self.code.to_owned()),
            (b'M', cut(&self.message)),
        ];
        fields.extend(self.hint.as_deref().map(|hint| (b'H', cut(hint))));
        fields.extend(self.position.map(|position| (b'P', position.to_string())));
        ErrorResponse::new(fields)
    }
}

/// Which character of `query`, from 1, is at `line` and `column`.
fn position(query: &str, line: usize, column: usize) -> usize {
    let before = query.split('\n').take(line.saturating_sub(1));
    let before: usize = before.map(|line| line.chars().count() + 1).sum();
    before + column.max(1)
}

#[cfg(test)]
mod tests {
    use super::position;

    #[test]
    fn positions_count_characters() {
        assert_eq!(position("select x", 1, 8), 8);
        assert_eq!(position("é\nselect x", 2, 8), 10);
    }
}
