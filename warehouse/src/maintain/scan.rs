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
    let cannot = |error: deltalake::DeltaTableError| {
        Error::storage(format_args!("write the table {}", relation.name()), error)
    };
    let writer = RecordBatchWriter::for_table(table).map_err(cannot)?;
    let mut writer = writer
        .with_writer_properties(order::properties(relation, shape.group_rows))
        .with_target_file_size(shape.file_bytes);
    let mut rows = std::pin::pin!(rows);
    while let Some(batch) = rows.try_next().await? {
        // After each piece the writer asks whether the file is large enough.
        for start in (0..batch.num_rows()).step_by(shape.group_rows) {
            let length = shape.group_rows.min(batch.num_rows() - start);
            let piece = batch.slice(start, length);
            writer.write(piece).await.map_err(cannot)?;
        }
    }
    writer.flush().await.map_err(cannot)
}
