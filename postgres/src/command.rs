//! What a statement asks for: most are queries, which the engine reads; the others are
//! about the session, and are read here.

mod clauses;
mod copying;
#[cfg(test)]
mod tests;
mod words;

use words::Words;

use crate::copy::CopyOptions;
use crate::error::{Result, code, refuse};

/// A part of a statement that is a statement itself, and the character at which it
/// begins, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inner {
    pub(crate) text: String,
    pub(crate) start: usize,
}

/// How many rows `FETCH` and `MOVE` go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    All,
    Rows(usize),
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    Query(Inner),
    Begin,
    Commit {
        chain: bool,
    },
    RollBack {
        chain: bool,
    },
    Savepoint(String),
    Release(String),
    RollBackTo(String),
    /// No value: what it was at first.
    Set {
        name: String,
        value: Option<String>,
        local: bool,
    },
    SetTransaction,
    Show(String),
    ShowAll,
    Reset(String),
    ResetAll,
    DiscardAll,
    Discard(&'static str),
    Prepare {
        name: String,
        types: Vec<String>,
        query: Inner,
    },
    Execute {
        name: String,
        arguments: Vec<Inner>,
    },
    Deallocate(Option<String>),
    Declare {
        name: String,
        hold: bool,
        query: Inner,
    },
    Fetch {
        cursor: String,
        count: Count,
        moves: bool,
    },
    Close(Option<String>),
    Copy {
        query: Inner,
        options: CopyOptions,
    },
    Unlisten,
}

impl Command {
    /// Reads `text`, one statement.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let words = Words::new(text)?;
        let is_show_of_tables = |words: &Words<'_>| {
            let kinds = [
                "TABLES",
                "COLUMNS",
                "FUNCTIONS",
                "SCHEMAS",
                "DATABASES",
                "CREATE",
                "VIEWS",
            ];
            kinds.iter().any(|kind| words.is_at(1, kind))
        };
        let first = words.first();
        match first.as_str() {
            "BEGIN" => Ok(Self::Begin),
            "START" if words.is_at(1, "TRANSACTION") => Ok(Self::Begin),
            "COMMIT" | "END" if !words.is_at(1, "PREPARED") => Ok(Self::Commit {
                chain: words.chains(),
            }),
            "ROLLBACK" | "ABORT" if !words.is_at(1, "PREPARED") => words.roll_back(),
            "SAVEPOINT" => words.rest_is_name(1).map(Self::Savepoint),
            "RELEASE" => {
                let skip = if words.is_at(1, "SAVEPOINT") { 2 } else { 1 };
                words.rest_is_name(skip).map(Self::Release)
            }
            "SET" => words.set(),
            "SHOW" if !is_show_of_tables(&words) => words.show(),
            "RESET" if words.is_at(1, "ALL") => Ok(Self::ResetAll),
            "RESET" => words.setting_name(1).map(|(name, _)| Self::Reset(name)),
            "DISCARD" => words.discard(),
            "PREPARE" if !words.is_at(1, "TRANSACTION") => words.prepare(),
            "EXECUTE" => words.execute(),
            "DEALLOCATE" => {
                let skip = if words.is_at(1, "PREPARE") { 2 } else { 1 };
                if words.is_at(skip, "ALL") {
                    return Ok(Self::Deallocate(None));
                }
                words
                    .rest_is_name(skip)
                    .map(|name| Self::Deallocate(Some(name)))
            }
            "DECLARE" => words.declare(),
            "FETCH" | "MOVE" => words.fetch(first == "MOVE"),
            "CLOSE" if words.is_at(1, "ALL") => Ok(Self::Close(None)),
            "CLOSE" => words.rest_is_name(1).map(|name| Self::Close(Some(name))),
            "COPY" => words.copy(),
            "UNLISTEN" => Ok(Self::Unlisten),
            "LISTEN" | "NOTIFY" => Err(refuse(
                code::UNSUPPORTED,
                format!("{first} is not supported: nothing is announced here"),
            )),
            "LOCK" => Err(refuse(
                code::READ_ONLY,
                "LOCK is refused: SQL only reads here",
            )),
            _ => Ok(Self::Query(words.inner(0, words.tokens.len()))),
        }
    }

    /// Whether it may be asked for in a transaction that failed.
    pub(crate) fn ends_transaction(&self) -> bool {
        matches!(
            self,
            Self::Commit { .. } | Self::RollBack { .. } | Self::RollBackTo(_)
        )
    }
}
