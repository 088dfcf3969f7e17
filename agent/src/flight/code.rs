//! Kinds of failure, as gRPC codes and back.

use modeldb_sql::Error;
use tonic::{Code, Status};

/// Characters of a message, at most: it travels in a header, percent-encoded, and
/// clients limit those.
const MESSAGE_MAX: usize = 2000;

/// What a client is told.
pub(super) fn status(error: &Error) -> Status {
    let code = match error {
        Error::Invalid(_) | Error::Query(_) => Code::InvalidArgument,
        Error::Exhausted(_) | Error::TooLarge(_) => Code::ResourceExhausted,
        Error::TimedOut(_) => Code::DeadlineExceeded,
        Error::Cancelled(_) => Code::Cancelled,
        Error::Busy(_) | Error::Unavailable(_) => Code::Unavailable,
        Error::Damaged(_) => Code::DataLoss,
        Error::Internal(_) => Code::Internal,
    };
    let text = error.to_string();
    match text.char_indices().nth(MESSAGE_MAX) {
        Some((end, _)) => Status::new(code, format!("{}...", &text[..end])),
        None => Status::new(code, text),
    }
}

/// What a server told.
pub(super) fn error(status: &Status) -> Error {
    let text = status.message().to_owned();
    match status.code() {
        Code::InvalidArgument => Error::Invalid(text),
        Code::ResourceExhausted => Error::Exhausted(text),
        Code::DataLoss => Error::Damaged(text),
        Code::Internal => match text.strip_prefix("internal error: ") {
            Some(text) => Error::Internal(text.to_owned()),
            None => Error::Internal(text),
        },
        Code::DeadlineExceeded => Error::TimedOut(text),
        Code::Cancelled => Error::Cancelled(text),
        Code::Unavailable => Error::Unavailable(text),
        Code::Unimplemented => Error::Unavailable(format!("no Flight SQL there: {text}")),
        code => Error::Unavailable(format!("{code}: {text}")),
    }
}
