//! What changes, as it changes.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::stream::{self, Stream};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::app::App;
use super::super::error::{Problem, Result};

/// The least time between two events.
const PACE: Duration = Duration::from_millis(500);

/// Something came into the warehouse.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct Changed {
    /// Grows with every change.
    version: u64,
}

/// Server-sent events named `changed`, whose data is a [`Changed`]: one at once, and one after
/// each change, at most two a second.
#[utoipa::path(get, path = "/api/v1/events", tag = "live",
    responses((status = 200, body = Changed, content_type = "text/event-stream")))]
pub(super) async fn events(
    State(app): State<Arc<App>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = app.warehouse.changes();
    let ready = app.ready.clone();
    let events = stream::unfold(
        (changes, ready, true),
        async |(mut changes, mut ready, first)| {
            if !first {
                tokio::select! {
                    changed = changes.changed() => changed.ok()?,
                    // The agent stops: a connection that is held would hold it up.
                    _ = ready.wait_for(|ready| !ready) => return None,
                }
                tokio::time::sleep(PACE).await;
            }
            let version = changes.borrow_and_update().0;
            let event = Event::default()
                .event("changed")
                .json_data(Changed { version });
            Some((Ok(event.ok()?), (changes, ready, false)))
        },
    );
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// The agent.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct AgentStatus {
    version: &'static str,
    warehouse: String,
    agent: String,
    /// Where gRPC and Flight SQL are, as `host:port`.
    grpc: String,
    /// Where the Postgres wire is.
    postgres: String,
    /// Rows by relation, those not yet in the tables too.
    rows: std::collections::BTreeMap<String, u64>,
    /// Why the last fold failed.
    fold_error: Option<String>,
}

/// What the agent is and has.
#[utoipa::path(get, path = "/api/v1/status", tag = "live",
    responses((status = 200, body = AgentStatus), (status = "4XX", body = Problem)))]
pub(super) async fn status(State(app): State<Arc<App>>) -> Result<Json<AgentStatus>> {
    let status = app.warehouse.status().await?;
    let relations = status.relations.iter();
    let rows = relations.map(|of| (of.relation.name().to_owned(), of.rows + of.unfolded_rows));
    Ok(Json(AgentStatus {
        version: env!("CARGO_PKG_VERSION"),
        warehouse: status.url,
        agent: status.agent.to_string(),
        grpc: app.doors.grpc.to_string(),
        postgres: app.doors.postgres.to_string(),
        rows: rows.collect(),
        fold_error: status.folds.last_error,
    }))
}
