//! What the benchmarks share.

pub mod agent;
pub mod events;
pub mod load;
