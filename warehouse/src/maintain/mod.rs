//! Upkeep of the tables: compaction, checkpoints, what is old and what is to be deleted.
//!
//! [`upkeep`] is what an agent does by itself after folds; [`maintenance`] is everything. All of it
//! goes on beside running agents, without their lease: see `docs/adr/0010-maintenance.md`.

mod bulk;
mod compact;
mod delete;
mod files;
mod keeper;
mod log;
mod maintenance;
mod named;
pub(crate) mod order;
mod publish;
mod remove;
mod retention;
mod scan;
mod session;
#[cfg(test)]
mod tests;
mod upkeep;
mod vacuum;

pub use bulk::Bulk;
pub use compact::Compacted;
pub use delete::{Deleted, Target};
pub use maintenance::{Maintenance, MaintenanceSettings, Step};
pub use publish::Published;
pub use retention::{Retained, Rule};
pub use session::Session;
pub use upkeep::UpkeepSettings;
pub use vacuum::Gone;

pub(crate) use keeper::Keeper;
pub(crate) use upkeep::Upkeep;
