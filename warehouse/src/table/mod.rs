//! Tables: what the materialiser writes to and queries read from.

mod delta;
mod keys;
mod marks;
mod rewrite;
mod rows;
pub(crate) mod scan;

use async_trait::async_trait;
use deltalake::DeltaTable;

use crate::error::Result;
use crate::hot::{Chunk, Marks};
use crate::relation::Relation;

pub(crate) use delta::{DeltaTables, arrow_schema, snapshot};
pub(crate) use rewrite::Rewrite;
pub(crate) use rows::conform;

/// What became of a commit.
#[derive(Debug)]
pub(crate) enum Commit {
    /// The rows are in the table, and durable.
    Committed(Box<DeltaTable>),
    /// The table had them all, by its marks: nothing was committed.
    Had(Box<DeltaTable>),
    /// The table is as it was.
    NotCommitted(crate::Error),
    /// It may be either: nothing may be forgotten, and the table has to be read
    /// before anything is tried again.
    Unknown(crate::Error),
}

/// Writes rows into tables.
///
/// The contract:
/// - [`fold`](Self::fold) commits all rows in one version of the table, together
///   with each producer's mark, or none of them; rows that the table's marks say it
///   has are left out, so that folding the same rows again changes nothing.
/// - For a mutable relation the last row of each key replaces the one in the table.
/// - Either way the table is answered at its newest version; no rows at all only ask for that.
/// - `Committed` is answered only when the data, the log and their directories are
///   durable and the version was read back.
#[async_trait]
pub(crate) trait TableWriter: std::fmt::Debug + Send + Sync {
    /// Every table at its newest version.
    async fn tables(&self) -> Result<Vec<(Relation, DeltaTable)>>;

    /// The marks that the tables have of these producers.
    async fn marks(
        &self,
        tables: &[(Relation, DeltaTable)],
        producers: &[crate::ids::ProducerId],
    ) -> Result<Marks>;

    /// Adds rows to a relation's table, which is at the version of `table` or later.
    async fn fold(&self, table: &DeltaTable, relation: Relation, rows: &[Chunk]) -> Commit;
}
