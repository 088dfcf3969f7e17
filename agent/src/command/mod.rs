//! The commands besides `serve`.

pub mod sql;
pub mod status;
