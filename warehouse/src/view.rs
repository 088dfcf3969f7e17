//! What a query reads: each relation as of one moment.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use deltalake::DeltaTable;
use object_store::ObjectStore;

use crate::access::Access;
use crate::error::Result;
use crate::relation::Relation;

/// One relation as of one moment: its table, and what is not in it yet.
///
/// Its rows are those of `table`, less those whose key is in `replaced`, and
/// those of `hot`; each row once.
#[derive(Clone, Debug)]
pub struct RelationView {
    /// Which.
    pub relation: Relation,
    /// The Delta table, at a fixed version.
    pub table: DeltaTable,
    /// Rows that the table does not have, with the relation's schema.
    pub hot: Vec<RecordBatch>,
    /// For a mutable relation, the keys whose rows in the table are superseded by `hot`.
    pub replaced: BTreeSet<String>,
}

/// Every relation as of one moment.
#[derive(Clone, Debug)]
pub struct View {
    /// What lies in the warehouse, by paths below its root: samples are read from there.
    pub objects: Arc<dyn ObjectStore>,
    /// In the order of [`Relation::ALL`], those that the asker may read.
    pub relations: Vec<RelationView>,
}

/// Something that can be asked for a [`View`]: an open warehouse, or the files of
/// one that another process may have open.
#[async_trait]
pub trait Source: std::fmt::Debug + Send + Sync {
    /// What is there now. Whatever was acked before the call is in it.
    async fn view(&self, access: &Access) -> Result<View>;
}
