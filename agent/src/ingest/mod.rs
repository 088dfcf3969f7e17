//! Takes events over gRPC: [`convert`] checks them and makes them the warehouse's,
//! [`service`] answers.

pub mod convert;
#[doc(hidden)]
pub mod fuzz;
mod policy;
mod service;

pub use policy::SamplePolicy;
pub use service::{IngestService, status};
