//! Rows that are put into a table at once, in files as a full compaction leaves them: for a
//! warehouse that is filled from elsewhere, and not by producers, batch by batch.
//!
//! What is written counts when it is committed, in one version of the table. Nothing remembers
//! it: whoever does it twice has the rows twice.

use arrow::record_batch::RecordBatch;
use deltalake::DeltaTable;
use deltalake::protocol::{DeltaOperation, SaveMode};

use super::order;
use super::scan::{Shape, Writer};
use crate::error::{Error, Result};
use crate::relation::Relation;
use crate::row::failed;
use crate::store::Store;
use crate::table::{Commit, DeltaTables, Rewrite, arrow_schema, conform};

/// See the module.
#[derive(Debug)]
pub struct Bulk {
    tables: DeltaTables,
    table: DeltaTable,
    relation: Relation,
    writer: Writer,
    rows: usize,
}

impl Bulk {
    /// Begins to write to the table of a relation, in a local warehouse that has it.
    pub async fn begin(store: &Store, relation: Relation) -> Result<Self> {
        if store.local().is_none() {
            return Err(Error::Invalid(format!(
                "{}: rows are put into tables at once in a local warehouse only; on an object \
                 store agents say which versions of tables count",
                store.url()
            )));
        }
        let tables = DeltaTables::read_only(store.clone(), None);
        let table = tables.open(relation).await?;
        let writer = Writer::new(&table, relation, Shape::of(relation))?;
        Ok(Self {
            tables,
            table,
            relation,
            writer,
            rows: 0,
        })
    }

    /// Writes rows of the relation, in any order; but of projects and runs that come after those
    /// of the call before, by their names, as far as the files are to be in order.
    pub async fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        let schema = arrow_schema(&self.table, self.relation)?;
        let rows = conform(rows, &schema).and_then(|rows| order::sorted(&rows, self.relation));
        let rows = rows.map_err(|error| failed(self.relation, error))?;
        self.rows += rows.num_rows();
        self.writer.write(rows).await
    }

    /// Makes everything durable and part of the table. Answers how many rows that are.
    pub async fn commit(self) -> Result<usize> {
        let adds = self.writer.finish().await?;
        if adds.is_empty() {
            return Ok(0);
        }
        let rewrite = Rewrite {
            operation: DeltaOperation::Write {
                mode: SaveMode::Append,
                partition_by: None,
                predicate: None,
            },
            removes: Vec::new(),
            adds,
        };
        match { self.tables.rewrite(&self.table, self.relation, &rewrite) }.await {
            Commit::Committed(_) | Commit::Had(_) => Ok(self.rows),
            Commit::NotCommitted(error) | Commit::Unknown(error) => Err(error),
        }
    }
}
