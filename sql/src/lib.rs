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
mod complaint;
mod described;
mod dialect;
mod distinct;
mod engine;
mod error;
mod extremes;
mod files;
pub mod format;
mod front_end;
mod functions;
mod gate;
mod information_schema;
mod interrupt;
mod measure;
mod memory;
mod near;
mod options;
mod parameters;
mod pinned;
mod place;
mod plain;
mod relation_table;
mod run;
mod scalar;
mod settings;
mod size;
mod statement;
mod stores;
mod tables;
mod threads;
mod time;
mod typed;
pub mod views;

pub use answer::Answer;
pub use complaint::{Complaint, Place, Wrong};
pub use dialect::{Dialect, Tables};
pub use engine::{Engine, Prepared};
pub use error::{Error, Result};
pub use format::Format;
pub use front_end::FrontEnd;
pub use options::QueryOptions;
pub use pinned::Pin;
pub use settings::Settings;
pub use size::TABLES_MAX;
pub use statement::{QUERY_MAX, Statement, ends_statement, split, split_in};
pub use tables::Table;
pub use threads::Threads;

/// The catalog that holds everything.
pub const CATALOG: &str = "modeldb";
/// The schema of the relations.
pub const SCHEMA: &str = "public";
