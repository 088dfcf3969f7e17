//! Rows of a table for upkeep: streamed, and sorted within bounded memory.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use deltalake::DeltaTable;
use deltalake::datafusion::error::DataFusionError;
use deltalake::datafusion::execution::runtime_env::RuntimeEnvBuilder;
use deltalake::datafusion::prelude::{DataFrame, SessionConfig, SessionContext, col};
use deltalake::kernel::Add;
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use futures::{Stream, TryStreamExt};

use super::order;
use crate::error::{Error, Result};
use crate::limits::{COMPACTION_MEMORY, ROW_GROUP_ROWS, TARGET_FILE_BYTES};
use crate::relation::Relation;
use crate::table::conform;

/// Rows that are handled at a time.
const BATCH_ROWS: usize = 2_048;
/// Memory that a sort keeps back to merge what it put on disk.
const MERGE_MEMORY: usize = COMPACTION_MEMORY / 4;

/// The column with the file of a row, where that is asked for.
pub(super) const FILE: &str = "__file";

/// Of which rows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'a> {
    /// All of a table.
    Table,
    /// All of a table, with the [`FILE`] of each.
    TableByFile,
    /// Those of some files.
    Files(&'a [String]),
}

/// The rows of a table.
pub(super) async fn rows(table: &DeltaTable, relation: Relation, of: Of<'_>) -> Result<DataFrame> {
    let open = async {
        let runtime = RuntimeEnvBuilder::new().with_memory_limit(COMPACTION_MEMORY, 1.0);
        let config = SessionConfig::new()
            .with_target_partitions(1)
            .with_batch_size(BATCH_ROWS)
            .with_sort_spill_reservation_bytes(MERGE_MEMORY);
        let context = SessionContext::new_with_config_rt(config, Arc::new(runtime.build()?));
        table
            .update_datafusion_session(&context.state())
            .map_err(|error| DataFusionError::External(Box::new(error)))?;
        let mut provider = table.table_provider();
        match of {
            Of::Table => {}
            Of::TableByFile => provider = provider.with_file_column(FILE),
            Of::Files(paths) => provider = provider.with_file_paths(paths.iter().cloned()),
        }
        let provider = provider
            .build()
            .await
            .map_err(|error| DataFusionError::External(Box::new(error)))?;
        context.read_table(Arc::new(provider))
    };
    open.await.map_err(|error| failed(relation, error))
}

/// In the order of compacted files.
pub(super) fn sorted(rows: DataFrame, relation: Relation) -> Result<DataFrame> {
    let columns = order::columns(relation).iter();
    let columns = columns.map(|name| col(*name).sort(true, true)).collect();
    rows.sort(columns).map_err(|error| failed(relation, error))
}

/// The rows with the table's own schema, batch by batch.
pub(super) async fn stream(
    rows: DataFrame,
    table: &DeltaTable,
    relation: Relation,
) -> Result<impl Stream<Item = Result<RecordBatch>> + use<>> {
    let schema = crate::table::arrow_schema(table, relation)?;
    let stream = rows.execute_stream().await;
    let stream = stream.map_err(|error| failed(relation, error))?;
    Ok(stream
        .map_err(move |error| failed(relation, error))
        .and_then(move |batch| {
            let conformed = conform(&batch, &schema);
            futures::future::ready(conformed.map_err(|error| failed(relation, error)))
        }))
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

pub(super) fn failed(relation: Relation, error: impl std::fmt::Display) -> Error {
    Error::storage(format_args!("read the table {}", relation.name()), error)
}
