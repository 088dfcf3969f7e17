//! What callers are told: kinds that say what to do, each with a message that
//! names the thing, the value and what is accepted.

/// The outcome of a call into the warehouse.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a caller must do about a failure. The agent maps each kind, and no
/// other, to one gRPC code, one HTTP status and one exit message.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request is wrong: change it; repeating it cannot help.
    #[error("{0}")]
    Invalid(String),
    /// Something must come first: the message says what.
    #[error("{0}")]
    OutOfOrder(String),
    /// Too much is under way: repeat the same request later.
    #[error("{0}")]
    Behind(String),
    /// The warehouse is stopping or its disk failed: nothing was acked; repeat later.
    #[error("{0}")]
    Unavailable(String),
    /// Somebody else holds the warehouse.
    #[error("{0}")]
    Conflict(String),
    /// Stored data is damaged: the message has the file, the place and the next step.
    #[error("{0}")]
    Damaged(String),
    /// The warehouse was written by a newer version.
    #[error("{0}")]
    TooNew(String),
    /// The machine refuses: a directory cannot be written, a disk is full.
    #[error("{0}")]
    Storage(String),
    /// A defect of ours.
    #[error("internal error: {0}")]
    Internal(String),
}

impl Error {
    /// A storage failure while doing `what`, e.g. "write the file /a/b".
    pub fn storage(what: impl std::fmt::Display, cause: impl std::fmt::Display) -> Self {
        Self::Storage(format!("cannot {what}: {cause}"))
    }
}
