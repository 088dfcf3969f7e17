//! The Postgres wire: clients and tools of PostgreSQL ask the SQL engine.
//!
//! [`serve`] accepts connections. Each comes in at the door (`door.rs`), and is then a
//! session (`session.rs`) that a loop over messages (`connection.rs`) drives. Queries go
//! to one [`modeldb_sql::Engine`], behind a front end (`front/`) that makes PostgreSQL's
//! SQL of DataFusion's: dialect, catalog, functions. Answers stream, value by value in
//! PostgreSQL's forms (`encode/`).
//!
//! Knows the engine and what a warehouse is; not the agent.

mod catalog;
mod command;
mod connection;
mod copy;
mod door;
mod encode;
mod error;
mod front;
mod io;
pub mod limits;
mod parameters;
mod registry;
mod server;
mod session;
mod settings;
mod types;
mod wire;

pub use server::serve;
