//! What the API answers when it cannot do what was asked: a status and a reason.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use modeldb_sql::Error;
use serde::Serialize;
use utoipa::ToSchema;

pub(super) type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a request was not answered.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    error: Reason,
}

/// Its kind, for programs, and a text for people.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Reason {
    /// `invalid`, `not_found`, `too_large`, `timed_out`, `cancelled`, `busy`, `unavailable`,
    /// `damaged`, `refused` or `internal`.
    kind: &'static str,
    /// What is wrong, and what is accepted; may have several lines.
    message: String,
    /// For a query: where it is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Spot>,
}

/// A place in a query; lines and columns count characters, from 1.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Spot {
    line: usize,
    column: usize,
    /// How many characters it covers.
    width: usize,
}

/// See [`Problem`].
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    reason: Reason,
}

impl Failure {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        let reason = Reason {
            kind,
            message: message.into(),
            place: None,
        };
        Self { status, reason }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", message)
    }

    pub(super) fn not_found(what: &str, name: &str) -> Self {
        let message = format!("there is no {what} {name}");
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "refused", message)
    }

    pub(super) fn too_large(limit: usize) -> Self {
        let message = format!("the answer has more than {limit} bytes: ask for fewer rows");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
    }

    pub(super) fn internal(error: &dyn std::error::Error) -> Self {
        let message = format!("internal error: {error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (status, kind) = match &error {
            Error::Invalid(_) | Error::Query(_) => (StatusCode::BAD_REQUEST, "invalid"),
            Error::Exhausted(_) | Error::TooLarge(_) => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too_large")
            }
            Error::TimedOut(_) => (StatusCode::GATEWAY_TIMEOUT, "timed_out"),
            Error::Cancelled(_) => (StatusCode::GONE, "cancelled"),
            Error::Busy(_) => (StatusCode::TOO_MANY_REQUESTS, "busy"),
            Error::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Error::Damaged(_) => (StatusCode::INTERNAL_SERVER_ERROR, "damaged"),
            Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        };
        let mut failure = Self::new(status, kind, error.to_string());
        if let Error::Query(complaint) = &error {
            failure.reason.place = complaint.place.map(|place| Spot {
                line: place.line,
                column: place.column,
                width: place.width,
            });
        }
        failure
    }
}

impl From<modeldb_warehouse::Error> for Failure {
    fn from(error: modeldb_warehouse::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<JsonRejection> for Failure {
    fn from(rejection: JsonRejection) -> Self {
        let text = rejection.body_text();
        let said = "Failed to deserialize the JSON body into the target type: ";
        Self::new(
            rejection.status(),
            "invalid",
            text.strip_prefix(said).unwrap_or(&text),
        )
    }
}

impl From<QueryRejection> for Failure {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(rejection.status(), "invalid", rejection.body_text())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let problem = Problem { error: self.reason };
        (self.status, Json(problem)).into_response()
    }
}
