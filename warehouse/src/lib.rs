//! The warehouse: what producers told, made durable, folded into Delta tables and
//! readable at every moment.
//!
//! Knows Arrow, Parquet, Delta and object stores; knows neither gRPC nor SQL.

mod access;
mod clock;
mod error;
pub mod event;
mod ids;
mod relation;
pub mod row;
mod view;

pub use access::Access;
pub use clock::{Clock, Entropy, ManualClock, Micros, SystemClock, SystemEntropy};
pub use error::{Error, Result};
pub use ids::{AgentId, BadId, ID_MAX, ID_MIN, Lsn, ProducerId, Seq, derived_id};
pub use relation::{Kind, Relation, RelationColumn};
pub use view::{RelationView, Source, View};
