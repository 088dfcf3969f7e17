//! The page itself: files that are in the program.

use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::error::Failure;

/// What `npm run build` made of `web/`; nothing if it had not run when the program was built.
#[derive(RustEmbed)]
#[folder = "../web/dist/"]
#[allow_missing = true]
struct Files;

const INDEX: &str = "index.html";
const MISSING: &str = "This agent was built without its page: `npm ci && npm run build` in web/, \
    then build it again. The API is here, under /api/v1.\n";

/// A file of the page; the page itself for all that is no file, since it has the routes.
pub(super) async fn page(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return Failure::not_found("endpoint", uri.path()).into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if let Some(file) = Files::get(path).filter(|_| path != INDEX) {
        // Names of built files have a digest of their content.
        let kept = match path.starts_with("assets/") {
            true => "public, max-age=31536000, immutable",
            false => "no-cache",
        };
        return with_headers(file, kind(path), kept);
    }
    if path.starts_with("assets/") {
        return (StatusCode::NOT_FOUND, "there is no such file\n").into_response();
    }
    match Files::get(INDEX) {
        Some(file) => with_headers(file, "text/html; charset=utf-8", "no-cache"),
        None => (StatusCode::NOT_FOUND, MISSING).into_response(),
    }
}

fn with_headers(
    file: rust_embed::EmbeddedFile,
    kind: &'static str,
    kept: &'static str,
) -> Response {
    let mut response = file.data.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    response
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "html" => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    }
}
