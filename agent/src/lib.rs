//! The agent: takes events over gRPC, answers SQL, tells how it is.
//!
//! The only crate that knows all others; `main.rs` is the only `main`.

pub mod cli;
pub mod command;
pub mod flight;
pub mod http;
pub mod ingest;
pub mod listen;
pub mod logging;
pub mod serve;
pub mod settings;
pub mod spool;
pub mod status;
