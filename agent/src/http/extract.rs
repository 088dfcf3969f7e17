//! Axum's extractors, with refusals in the API's own form.

use axum::extract::{FromRequest, FromRequestParts};

use super::error::Failure;

/// A JSON body.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Failure))]
pub(super) struct Body<T>(pub T);

/// The query string.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Failure))]
pub(super) struct Query<T>(pub T);
