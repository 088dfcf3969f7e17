//! Flight SQL: queries over gRPC, answered as Arrow.
//!
//! The server keeps nothing between calls. A ticket and the handle of a prepared
//! statement are the query and its parameters: each is planned, and what its sender
//! may read is checked, when it is used. So any agent of a warehouse can redeem what
//! another gave, and a forged handle gains nothing. Only what is being answered is
//! known by a name, so that it can be cancelled where it runs.

mod client;
mod code;
mod cut;
mod handle;
mod info;
mod keys;
mod metadata;
mod query;
mod running;
mod server;
mod service;
mod session;
mod types;

use std::sync::Arc;

use arrow_flight::flight_service_server::FlightServiceServer;
use modeldb_sql::Engine;
use modeldb_warehouse::Entropy;

pub use client::Client;
pub use server::Server;
pub use service::FlightSql;

/// Bytes of a message that a client may send: queries and parameters.
const REQUEST_MAX: usize = 16 << 20;

/// Bytes of a message that a client takes: one row that is this large cannot be cut.
const ANSWER_MAX: usize = 256 << 20;

/// The service, to be added to a gRPC server; `entropy` names queries that run.
pub fn service(engine: Arc<Engine>, entropy: Arc<dyn Entropy>) -> FlightServiceServer<Server> {
    let server = Server::new(FlightSql::new(engine, entropy));
    FlightServiceServer::new(server).max_decoding_message_size(REQUEST_MAX)
}
