//! Keeps pages of other origins away from an agent that listens on loopback.
//!
//! A browser sends a foreign page's requests to `127.0.0.1` as readily as ours. Two checks
//! stop them. *Host*: a name that its owner points to this machine (DNS rebinding) is not one
//! that we are known by; addresses cannot be pointed elsewhere. *Origin* and
//! *Sec-Fetch-Site*: what a browser sends for a page of another origin says so.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::Failure;

/// Nothing but what the agent itself serves; styles are set on elements by charts.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'none'; \
    frame-ancestors 'none'; base-uri 'none'";

const HEADERS: [(&str, &str); 5] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Names by which the agent is known.
#[derive(Debug)]
pub(super) struct Names(Vec<String>);

impl Names {
    pub(super) fn new(mut names: Vec<String>) -> Self {
        names
            .iter_mut()
            .for_each(|name| name.make_ascii_lowercase());
        Self(names)
    }

    /// Whether a `Host` of a request is the agent's: `name`, `name:port`, `[address]:port`.
    fn know(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let bare = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, _)) => address,
            None => host.split(':').next().unwrap_or_default(),
        };
        bare == "localhost"
            || bare.ends_with(".localhost")
            || bare.parse::<IpAddr>().is_ok()
            || self.0.iter().any(|name| name == bare)
    }
}

/// Answers only whoever may ask, with headers that bind browsers.
pub(super) async fn check(
    State(names): State<Arc<Names>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match refusal(&names, request.headers()) {
        Some(failure) => failure.into_response(),
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        let (name, value) = (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
        response.headers_mut().insert(name, value);
    }
    response
}

fn refusal(names: &Names, headers: &HeaderMap) -> Option<Failure> {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(&header::HOST).unwrap_or_default();
    if !names.know(host) {
        return Some(Failure::refused(format!(
            "the agent is not known as {host}: ask it by address, as localhost, or by a name \
             of the setting http_hosts"
        )));
    }
    let origin = text(&header::ORIGIN);
    let own = |origin: &str| origin.split_once("://").is_some_and(|(_, of)| of == host);
    if let Some(origin) = origin.filter(|origin| !own(origin)) {
        return Some(Failure::refused(format!(
            "pages of {origin} may not ask this agent, which is {host}"
        )));
    }
    let site = text(&HeaderName::from_static("sec-fetch-site"));
    let mode = text(&HeaderName::from_static("sec-fetch-mode"));
    // A link on another page may lead here; a script, a frame or an image of it may not.
    let foreign = matches!(site, Some("cross-site" | "same-site"));
    if foreign && mode != Some("navigate") {
        return Some(Failure::refused(
            "pages of other origins may not ask this agent",
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&'static str, &str)]) -> bool {
        let names = Names::new(vec!["ModelDB.example".into()]);
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        refusal(&names, &headers).is_none()
    }

    #[test]
    fn hosts() {
        for good in [
            "127.0.0.1:7618",
            "localhost",
            "LOCALHOST:1",
            "[::1]:7618",
            "10.0.0.3",
            "a.localhost:80",
            "modeldb.example:7618",
        ] {
            assert!(asked(&[("host", good)]), "{good}");
        }
        for bad in [
            "evil.example:7618",
            "",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
        ] {
            assert!(!asked(&[("host", bad)]), "{bad}");
        }
    }

    #[test]
    fn origins() {
        let own = ("host", "localhost:7618");
        assert!(asked(&[own, ("origin", "http://localhost:7618")]));
        assert!(asked(&[
            own,
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-mode", "cors")
        ]));
        assert!(asked(&[
            own,
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate")
        ]));
        for bad in ["http://evil.example", "http://localhost:8000", "null", ""] {
            assert!(!asked(&[own, ("origin", bad)]), "{bad}");
        }
        assert!(!asked(&[
            own,
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "no-cors")
        ]));
        assert!(!asked(&[
            own,
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-mode", "cors")
        ]));
    }
}
