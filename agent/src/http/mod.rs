//! HTTP: the page, the API that it is made of, health and metrics.
//!
//! `/healthz`, `/readyz` and `/metrics` answer anybody. The rest is for browsers and
//! programs of this machine's users: [`guard`] keeps pages of other origins out.

mod api;
mod app;
mod ask;
mod assets;
mod closed;
mod edit;
mod error;
mod extract;
mod guard;
mod health;
mod shape;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::{Router, middleware};
use modeldb_sql::Engine;
use modeldb_warehouse::Warehouse;
use tokio::sync::watch;
use tower_http::compression::CompressionLayer;

use app::App;

/// Where SQL clients find the agent.
#[derive(Clone, Copy, Debug)]
pub struct Doors {
    /// gRPC, with Flight SQL.
    pub grpc: SocketAddr,
    /// The Postgres wire.
    pub postgres: SocketAddr,
}

/// The routes; `ready` turns false when the agent begins to stop. Beside addresses and
/// `localhost`, the agent is known by the names of `hosts`.
pub fn router(
    warehouse: Arc<Warehouse>,
    engine: Engine,
    doors: Doors,
    hosts: Vec<String>,
    ready: watch::Receiver<bool>,
) -> Router {
    let app = Arc::new(App::new(warehouse.clone(), engine, doors, ready.clone()));
    let guarded = api::router(app)
        .fallback(assets::page)
        .layer(middleware::from_fn_with_state(
            Arc::new(guard::Names::new(hosts)),
            guard::check,
        ))
        .layer(CompressionLayer::new());
    health::router(warehouse, ready).merge(guarded)
}
