//! What a query reads: each relation as of one moment.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use chrono::DateTime;
use deltalake::{DeltaTable, DeltaTableError};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::access::Access;
use crate::clock::Micros;
use crate::error::{Error, Result};
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

impl View {
    /// Every relation as the tables had it at `moment`: what was folded until then.
    ///
    /// [`Error::Invalid`] where the log of a table does not go back so far.
    pub async fn at(mut self, moment: Micros) -> Result<Self> {
        let tables = self.relations.into_iter().map(|view| view.at(moment));
        self.relations = futures::future::try_join_all(tables).await?;
        Ok(self)
    }
}

impl RelationView {
    async fn at(self, moment: Micros) -> Result<Self> {
        let relation = self.relation;
        let failed = |error: DeltaTableError| {
            Error::storage(format_args!("read {} as of then", relation.name()), error)
        };
        let mut table = self.table;
        if table.version().is_some() {
            let then = DateTime::from_timestamp_micros(moment.0).ok_or_else(|| {
                Error::Invalid(format!("{} is no time that there can be", moment.0))
            })?;
            table.load_with_datetime(then).await.map_err(failed)?;
            let version = table.version().unwrap_or_default();
            let entry = Path::from(format!("_delta_log/{version:020}.json"));
            let entry = table.object_store().head(&entry).await;
            let oldest = entry.map_err(|error| failed(error.into()))?.last_modified;
            // The first version of all has no rows.
            if version > 0 && oldest > then + Duration::from_secs(1) {
                return Err(Error::Invalid(format!(
                    "the log of {} goes back to {} only: ask as of a later moment",
                    relation.name(),
                    oldest.format("%Y-%m-%dT%H:%M:%SZ")
                )));
            }
        }
        Ok(Self {
            relation,
            table,
            hot: Vec::new(),
            replaced: BTreeSet::new(),
        })
    }
}

/// Something that can be asked for a [`View`]: an open warehouse, or the files of
/// one that another process may have open.
#[async_trait]
pub trait Source: std::fmt::Debug + Send + Sync {
    /// What is there now. Whatever was acked before the call is in it.
    async fn view(&self, access: &Access) -> Result<View>;
}
