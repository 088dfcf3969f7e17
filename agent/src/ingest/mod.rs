//! Takes events over gRPC: [`convert`] checks them and makes them the warehouse's,
//! [`service`] answers.

pub mod convert;
mod service;

pub use service::{IngestService, status};
