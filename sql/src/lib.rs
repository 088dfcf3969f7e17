//! SQL over a warehouse: one query, one consistent read, one stream of rows.
//!
//! Knows DataFusion and the read side of the warehouse; knows neither gRPC nor
//! the agent. Nothing that reaches an [`Engine`] can write, and no query can name
//! a file: only the warehouse's relations are there to be read.

mod amount;
mod answer;
mod blame;
mod bounded;
mod catalog;
mod chain;
mod engine;
mod error;
pub mod format;
mod functions;
mod gate;
mod interrupt;
mod memory;
mod near;
mod options;
mod parameters;
mod place;
mod plain;
mod relation_table;
mod run;
mod settings;
mod size;
mod statement;
mod stores;
mod tables;
mod threads;
mod time;

pub use answer::Answer;
pub use engine::{Engine, Prepared};
pub use error::{Error, Result};
pub use format::Format;
pub use options::QueryOptions;
pub use settings::Settings;
pub use size::TABLES_MAX;
pub use statement::{QUERY_MAX, Statement, ends_statement, split};
pub use tables::Table;
pub use threads::Threads;

/// The catalog that holds everything.
pub const CATALOG: &str = "modeldb";
/// The schema of the relations.
pub const SCHEMA: &str = "public";
