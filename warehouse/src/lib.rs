//! The warehouse: what producers told, made durable, folded into Delta tables and
//! readable at every moment.
//!
//! Knows Arrow, Parquet, Delta and object stores; knows neither gRPC nor SQL.

mod access;
mod ahead;
mod artifacts;
mod assemble;
mod clock;
mod committer;
mod error;
pub mod event;
mod format;
mod hot;
mod ids;
mod intake;
pub mod journal;
mod late;
mod lease;
mod ledger;
pub mod limits;
mod local_store;
mod maintain;
mod materialiser;
mod opening;
mod reader;
mod relation;
pub mod row;
pub mod samples;
mod saved;
mod shared;
mod store;
mod table;
mod view;
mod warehouse;

pub use access::Access;
pub use artifacts::{ArtifactFile, Piece, Received};
pub use assemble::PREDICTION_PARAMS;
pub use clock::{Clock, Entropy, ManualClock, Micros, SystemClock, SystemEntropy};
pub use error::{Error, Result};
pub use format::FORMAT_VERSION;
pub use ids::{AgentId, BadId, ID_MAX, ID_MIN, Lsn, ProducerId, RunId, Seq, derived_id};
pub use intake::Ack;
pub use ledger::{ProducerStatus, RunStatus};
pub use maintain::{
    Bulk, Compacted, Deleted, Gone, Maintenance, MaintenanceSettings, Published, Retained, Rule,
    Session, Step, Target, UpkeepSettings,
};
pub use materialiser::FoldStatus;
pub use reader::Reader;
pub use relation::{Kind, Relation, RelationColumn};
pub use store::Store;
pub use view::{RelationView, Source, View};
pub use warehouse::{
    JOURNAL_DIR, RelationStatus, Settings, Status, Tasks, Warehouse, relation_status,
};
