//! Rows of a table for upkeep: sorted within bounded memory, and written.

use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use deltalake::DeltaTable;
use deltalake::datafusion::prelude::{DataFrame, col};
use deltalake::kernel::Add;
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use futures::{Stream, TryStreamExt};

use super::order;
use crate::error::{Error, Result};
use crate::limits::{SMALL_FILE_BYTES, TARGET_FILE_BYTES};
use crate::relation::Relation;
pub(super) use crate::table::scan::{FILE, Of, failed, rows, stream, texts};

/// In the order of compacted files.
pub(super) fn sorted(rows: DataFrame, relation: Relation) -> Result<DataFrame> {
    let columns = order::columns(relation).iter();
    let columns = columns.map(|name| col(*name).sort(true, true)).collect();
    rows.sort(columns).map_err(|error| failed(relation, error))
}

/// How large what is written is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Bytes of a file.
    pub file_bytes: u64,
    /// Rows of a row group.
    pub group_rows: usize,
}

impl Shape {
    /// For compacted files of a relation. One whose rows change has small files: each change
    /// rewrites the file that it is in.
    pub(super) fn of(relation: Relation) -> Self {
        Self {
            file_bytes: match relation.key() {
                Some(_) => SMALL_FILE_BYTES,
                None => TARGET_FILE_BYTES,
            },
            group_rows: order::group_rows(relation),
        }
    }
}

/// Writes rows into files of a table.
pub(super) async fn write(
    table: &DeltaTable,
    relation: Relation,
    rows: impl Stream<Item = Result<RecordBatch>>,
    shape: Shape,
) -> Result<Vec<Add>> {
    let mut writer = Writer::new(table, relation, shape)?;
    let mut rows = std::pin::pin!(rows);
    while let Some(batch) = rows.try_next().await? {
        writer.write(batch).await?;
    }
    writer.finish().await
}

/// Writes rows, which come in the order of compacted files, into such files of a table.
pub(super) struct Writer {
    relation: Relation,
    inner: RecordBatchWriter,
    schema: SchemaRef,
    /// Rows of the next row group.
    waiting: Vec<RecordBatch>,
    waiting_rows: usize,
    group_rows: usize,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("relation", &self.relation)
            .finish_non_exhaustive()
    }
}

impl Writer {
    pub(super) fn new(table: &DeltaTable, relation: Relation, shape: Shape) -> Result<Self> {
        let inner = RecordBatchWriter::for_table(table);
        let inner = inner.map_err(|error| unwritten(relation, error))?;
        Ok(Self {
            relation,
            schema: inner.arrow_schema(),
            inner: inner
                .with_writer_properties(order::properties(relation, shape.group_rows))
                .with_target_file_size(shape.file_bytes),
            waiting: Vec::new(),
            waiting_rows: 0,
            group_rows: shape.group_rows,
        })
    }

    /// Takes rows with the table's schema.
    pub(super) async fn write(&mut self, mut batch: RecordBatch) -> Result<()> {
        while self.waiting_rows + batch.num_rows() >= self.group_rows {
            let first = self.group_rows - self.waiting_rows;
            self.waiting.push(batch.slice(0, first));
            batch = batch.slice(first, batch.num_rows() - first);
            self.group().await?;
        }
        self.waiting_rows += batch.num_rows();
        self.waiting.push(batch);
        Ok(())
    }

    /// Writes what waits as one row group. After each the writer asks whether the file is large
    /// enough.
    async fn group(&mut self) -> Result<()> {
        let rows = concat_batches(&self.schema, &std::mem::take(&mut self.waiting));
        let rows = rows.and_then(|rows| order::grouped(rows, self.relation));
        let rows = rows.map_err(|error| unwritten(self.relation, error))?;
        self.waiting_rows = 0;
        if rows.num_rows() == 0 {
            return Ok(());
        }
        let written = self.inner.write(rows).await;
        written.map_err(|error| unwritten(self.relation, error))
    }

    /// The files, which are not durable yet.
    pub(super) async fn finish(mut self) -> Result<Vec<Add>> {
        self.group().await?;
        let adds = self.inner.flush().await;
        adds.map_err(|error| unwritten(self.relation, error))
    }
}

fn unwritten(relation: Relation, error: impl std::fmt::Display) -> Error {
    Error::storage(format_args!("write the table {}", relation.name()), error)
}
