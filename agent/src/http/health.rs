//! HTTP: is the agent alive, is it ready, what does it count.

use std::fmt::Write;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use modeldb_warehouse::{Status, Warehouse};
use tokio::sync::watch;

/// What the pages are made from.
#[derive(Clone, Debug)]
struct Source {
    warehouse: Arc<Warehouse>,
    ready: watch::Receiver<bool>,
}

/// The routes; `ready` turns false when the agent begins to stop.
pub(super) fn router(warehouse: Arc<Warehouse>, ready: watch::Receiver<bool>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(Source { warehouse, ready })
}

async fn readyz(State(source): State<Source>) -> Response {
    match *source.ready.borrow() {
        true => "ready\n".into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response(),
    }
}

async fn metrics(State(source): State<Source>) -> Response {
    match source.warehouse.status().await {
        Ok(status) => {
            let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
            ([(header::CONTENT_TYPE, kind)], exposition(&status)).into_response()
        }
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

/// Prometheus' text format.
fn exposition(status: &Status) -> String {
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, values: &[(String, u64)]| {
        let _ = writeln!(
            text,
            "# HELP modeldb_{name} {help}\n# TYPE modeldb_{name} gauge"
        );
        for (labels, value) in values {
            let _ = writeln!(text, "modeldb_{name}{labels} {value}");
        }
    };
    let one = |value| [(String::new(), value)];
    gauge(
        "journal_durable_lsn",
        "Last durable position of the journal.",
        &one(status.durable.0),
    );
    gauge(
        "journal_folded_lsn",
        "Last position that is in the tables.",
        &one(status.folded.0),
    );
    gauge(
        "journal_bytes",
        "Bytes in the journal.",
        &one(status.journal.bytes),
    );
    gauge("folds", "Folds since the start.", &one(status.folds.folds));
    gauge(
        "fold_failing",
        "1 when the last fold failed.",
        &one(u64::from(status.folds.last_error.is_some())),
    );
    gauge(
        "producers",
        "Producers that are remembered.",
        &one(status.producers.len() as u64),
    );
    let per_relation = |value: fn(&modeldb_warehouse::RelationStatus) -> u64| -> Vec<_> {
        let relations = status.relations.iter();
        relations
            .map(|r| (format!("{{relation=\"{}\"}}", r.relation.name()), value(r)))
            .collect()
    };
    gauge("rows", "Rows in the table.", &per_relation(|r| r.rows));
    gauge("files", "Files of the table.", &per_relation(|r| r.files));
    gauge(
        "bytes",
        "Bytes in the table's files.",
        &per_relation(|r| r.bytes),
    );
    gauge(
        "unfolded_rows",
        "Rows not yet in the table.",
        &per_relation(|r| r.unfolded_rows),
    );
    text
}
