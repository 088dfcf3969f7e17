//! The commands besides `serve`.

pub mod delete;
pub mod ingest;
pub mod maintain;
pub mod publish;
pub mod python;
pub mod sql;
pub mod status;
pub mod views;
