//! Flight SQL: queries over gRPC, answered as Arrow.
//!
//! The server keeps nothing between calls. A ticket is the query, and the handle
//! of a prepared statement is the query and its parameters: each is planned, and
//! what its sender may read is checked, when it is used. So any agent of a
//! warehouse can redeem what another gave, and a forged handle gains nothing.

mod client;
mod code;
mod handle;
mod metadata;
mod service;

use std::sync::Arc;

use arrow_flight::flight_service_server::FlightServiceServer;
use modeldb_sql::Engine;

pub use client::Client;
pub use service::FlightSql;

/// Bytes of a message that a client may send: queries and parameters.
const REQUEST_MAX: usize = 16 << 20;

/// Bytes of a message that a client takes: one row that is this large cannot be cut.
const ANSWER_MAX: usize = 256 << 20;

/// The service, to be added to a gRPC server.
pub fn service(engine: Arc<Engine>) -> FlightServiceServer<FlightSql> {
    FlightServiceServer::new(FlightSql::new(engine)).max_decoding_message_size(REQUEST_MAX)
}
