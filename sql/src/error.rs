//! What an asker is told: kinds that say what to do, each with a text for people.

use crate::complaint::Complaint;

/// The outcome of a query.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the asker must do about a failure. Servers map each kind to one status
/// code; the text may have several lines and never holds Rust's debug output.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The query is wrong: change it. Where the place is known, the text shows it.
    #[error("{0}")]
    Invalid(String),
    /// The same, with what is known of the kind and the place.
    #[error("{0}")]
    Query(Box<Complaint>),
    /// The query needs more memory or spill than a limit allows: ask for less, or
    /// raise the limit.
    #[error("{0}")]
    Exhausted(String),
    /// The query or its answer is larger than a limit allows: ask for less, or raise
    /// the limit.
    #[error("{0}")]
    TooLarge(String),
    /// The query took longer than it may: ask for less, or give it more time.
    #[error("{0}")]
    TimedOut(String),
    /// The query was ended because its asker wanted that, or read no further.
    #[error("{0}")]
    Cancelled(String),
    /// Too many queries run and wait: repeat later.
    #[error("{0}")]
    Busy(String),
    /// What is asked cannot be reached now: repeat later.
    #[error("{0}")]
    Unavailable(String),
    /// Stored data is damaged, or newer than this program.
    #[error("{0}")]
    Damaged(String),
    /// A defect of ours.
    #[error("internal error: {0}")]
    Internal(String),
}

impl From<modeldb_warehouse::Error> for Error {
    fn from(error: modeldb_warehouse::Error) -> Self {
        use modeldb_warehouse::Error as Warehouse;
        match error {
            Warehouse::Invalid(text) => Self::Invalid(text),
            Warehouse::OutOfOrder(text)
            | Warehouse::Behind(text)
            | Warehouse::Unavailable(text)
            | Warehouse::Conflict(text)
            | Warehouse::Storage(text) => Self::Unavailable(text),
            Warehouse::Damaged(text) | Warehouse::TooNew(text) => Self::Damaged(text),
            Warehouse::Internal(text) => Self::Internal(text),
        }
    }
}

/// For callers that tell both in the same way.
impl From<Error> for modeldb_warehouse::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(text) => Self::Invalid(text),
            Error::Query(complaint) => Self::Invalid(complaint.to_string()),
            Error::Exhausted(text)
            | Error::TooLarge(text)
            | Error::TimedOut(text)
            | Error::Cancelled(text)
            | Error::Busy(text) => Self::Behind(text),
            Error::Unavailable(text) => Self::Unavailable(text),
            Error::Damaged(text) => Self::Damaged(text),
            Error::Internal(text) => Self::Internal(text),
        }
    }
}
