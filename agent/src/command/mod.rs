//! The commands besides `serve`.

pub mod ingest;
pub mod sql;
pub mod status;
