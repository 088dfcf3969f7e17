//! The journal: what was taken from producers, in one order, durable before it is acked.
//!
//! Each agent appends to its own journal and nobody else writes to it. An entry is
//! one encoded [`crate::event::Batch`]; entries are numbered by [`Lsn`] from 1.
//! What the tables have is forgotten by [`Journal::checkpoint`], which keeps what
//! is still open as the `state` that a restart begins with.

#[doc(hidden)]
pub mod fuzz;
mod local;
pub(crate) mod object;
pub(crate) mod place;
pub(crate) mod segment;

use async_trait::async_trait;

use crate::error::Result;
use crate::ids::Lsn;

pub use local::{LocalJournal, folded_through, lock, read_local};
pub(crate) use local::{replace_file, sync_dir};
pub(crate) use object::ObjectJournal;

/// What a restart begins with: the state at `through` and the entries after it, in order.
#[derive(Debug, Default, PartialEq)]
pub struct Recovered {
    /// The last position that `state` includes; 0 when there is no state.
    pub through: Lsn,
    /// What was given to [`Journal::checkpoint`].
    pub state: Option<Vec<u8>>,
    /// Every durable entry after `through`.
    pub entries: Vec<(Lsn, Vec<u8>)>,
}

/// How much a journal holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JournalSize {
    /// Files or objects.
    pub segments: u64,
    /// Bytes in them.
    pub bytes: u64,
}

/// An append-only log with one writer.
///
/// The contract:
/// - [`append`](Self::append) returns `Ok` only when every entry of the group
///   survives a crash of the process, and for a durable journal of the machine;
///   after `Err` it is not known what survived and the journal takes nothing more:
///   it has to be opened again.
/// - Positions are given in order, without gaps, from the one after the last
///   recovered entry.
/// - [`checkpoint`](Self::checkpoint) replaces the state and forgets entries up to
///   `through`, atomically: a crash leaves either the old pair or the new one.
#[async_trait]
pub trait Journal: std::fmt::Debug + Send {
    /// Makes a group of entries durable, in order; answers the position of the last.
    async fn append(&mut self, group: Vec<Vec<u8>>) -> Result<Lsn>;

    /// Remembers `state`, which includes every entry up to `through`, and forgets those.
    async fn checkpoint(&mut self, through: Lsn, state: Vec<u8>) -> Result<()>;

    /// What it holds.
    fn size(&self) -> JournalSize;
}
