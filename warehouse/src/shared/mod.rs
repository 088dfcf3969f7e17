//! A warehouse on an object store, which many agents have open at once.
//!
//! ```text
//! lease/<epoch>.json                          who folds: see `lease.rs`
//! _journal/<agent>/<first lsn>.jnl            what an agent took, one object for each group commit
//! _checkpoints/<epoch>-<number>.state         the assembler's state, as of
//! _checkpoints/<epoch>-<number>.json          positions in all journals, versions of all tables
//! _agents/<agent>.json                        a sign of life
//! ```
//!
//! Everything that was acked is in the journals. A checkpoint says how far all of them are in
//! the tables, and what was open then; so whoever takes the newest checkpoint, the tables at its
//! versions and what the journals have after its positions knows the whole warehouse
//! ([`load`](load::load)). The agent that holds the lease folds, and writes checkpoints; the others
//! follow when somebody asks them.

mod candidate;
mod checkpoint;
mod follower;
mod load;
mod order;
mod presence;
mod retire;
mod tails;

pub(crate) use candidate::{Candidate, Hold};
pub(crate) use checkpoint::{Head, versions};
pub(crate) use follower::Follower;
pub(crate) use load::{Loaded, TablesAt, load};
pub(crate) use order::Entry;
