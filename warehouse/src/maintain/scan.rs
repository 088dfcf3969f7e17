//! Rows of a table for upkeep: sorted within bounded memory, and written.

use arrow::record_batch::RecordBatch;
use deltalake::DeltaTable;
use deltalake::datafusion::prelude::{DataFrame, col};
use deltalake::kernel::Add;
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use futures::{Stream, TryStreamExt};

use super::order;
use crate::error::{Error, Result};
use crate::limits::{ROW_GROUP_ROWS, SMALL_FILE_BYTES, TARGET_FILE_BYTES};
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
    pub(super) const LARGE: Self = Self {
        file_bytes: TARGET_FILE_BYTES,
        group_rows: ROW_GROUP_ROWS,
    };

    /// For a relation whose rows change: each change rewrites the file that it is in.
    const SMALL: Self = Self {
        file_bytes: SMALL_FILE_BYTES,
        group_rows: ROW_GROUP_ROWS,
    };

    /// For compacted files of a relation.
    pub(super) fn of(relation: Relation) -> Self {
        match relation.key() {
            Some(_) => Self::SMALL,
            None => Self::LARGE,
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
            inner: inner
                .with_writer_properties(order::properties(relation, shape.group_rows))
                .with_target_file_size(shape.file_bytes),
            group_rows: shape.group_rows,
        })
    }

    /// Takes rows with the table's schema.
    pub(super) async fn write(&mut self, batch: RecordBatch) -> Result<()> {
        // After each piece the writer asks whether the file is large enough.
        for start in (0..batch.num_rows()).step_by(self.group_rows) {
            let length = self.group_rows.min(batch.num_rows() - start);
            let written = self.inner.write(batch.slice(start, length)).await;
            written.map_err(|error| unwritten(self.relation, error))?;
        }
        Ok(())
    }

    /// The files, which are not durable yet.
    pub(super) async fn finish(mut self) -> Result<Vec<Add>> {
        let adds = self.inner.flush().await;
        adds.map_err(|error| unwritten(self.relation, error))
    }
}

fn unwritten(relation: Relation, error: impl std::fmt::Display) -> Error {
    Error::storage(format_args!("write the table {}", relation.name()), error)
}
