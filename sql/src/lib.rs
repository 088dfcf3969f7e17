//! SQL over a warehouse: one query, one consistent read, one stream of rows.
//!
//! Knows DataFusion and the read side of the warehouse; knows neither gRPC nor
//! the agent. Nothing that reaches an [`Engine`] can write, and no query can name
//! a file: only the warehouse's relations are there to be read.

mod answer;
mod blame;
mod catalog;
mod described;
mod engine;
mod error;
mod files;
pub mod format;
mod functions;
mod near;
mod place;
mod plain;
mod relation_table;
mod run;
mod settings;
mod statement;
mod stores;
mod threads;

pub use answer::Answer;
pub use engine::{Engine, Prepared};
pub use error::{Error, Result};
pub use format::Format;
pub use settings::Settings;
pub use statement::{QUERY_MAX, Statement, ends_statement, split};
pub use threads::Threads;

/// The catalog that holds everything.
pub const CATALOG: &str = "modeldb";
/// The schema of the relations.
pub const SCHEMA: &str = "public";
