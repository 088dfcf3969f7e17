//! Rows of a table, or of some of its files, streamed within bounded memory.

use std::sync::Arc;

use arrow::array::StringArray;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use deltalake::DeltaTable;
use deltalake::datafusion::error::DataFusionError;
use deltalake::datafusion::execution::runtime_env::RuntimeEnvBuilder;
use deltalake::datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use futures::{Stream, TryStreamExt};

use super::delta::arrow_schema;
use super::rows::conform;
use crate::error::{Error, Result};
use crate::limits::COMPACTION_MEMORY;
use crate::relation::Relation;

/// Rows that are handled at a time.
const BATCH_ROWS: usize = 2_048;
/// Memory that a sort keeps back to merge what it put on disk.
const MERGE_MEMORY: usize = COMPACTION_MEMORY / 4;

/// The column with the file of a row, where that is asked for.
pub(crate) const FILE: &str = "__file";

/// Of which rows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Of<'a> {
    /// All of a table.
    Table,
    /// All of a table, with the [`FILE`] of each.
    TableByFile,
    /// Those of some files.
    Files(&'a [String]),
    /// Those of some files, with the [`FILE`] of each.
    FilesByName(&'a [String]),
}

/// The rows of a table.
pub(crate) async fn rows(table: &DeltaTable, relation: Relation, of: Of<'_>) -> Result<DataFrame> {
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
            Of::FilesByName(paths) => {
                provider = provider.with_file_paths(paths.iter().cloned());
                provider = provider.with_file_column(FILE);
            }
        }
        let provider = provider
            .build()
            .await
            .map_err(|error| DataFusionError::External(Box::new(error)))?;
        context.read_table(Arc::new(provider))
    };
    open.await.map_err(|error| failed(relation, error))
}

/// The rows with the table's own schema, batch by batch.
pub(crate) async fn stream(
    rows: DataFrame,
    table: &DeltaTable,
    relation: Relation,
) -> Result<impl Stream<Item = Result<RecordBatch>> + use<>> {
    let schema = arrow_schema(table, relation)?;
    let stream = rows.execute_stream().await;
    let stream = stream.map_err(|error| failed(relation, error))?;
    Ok(stream
        .map_err(move |error| failed(relation, error))
        .and_then(move |batch| {
            let conformed = conform(&batch, &schema);
            futures::future::ready(conformed.map_err(|error| failed(relation, error)))
        }))
}

pub(crate) fn failed(relation: Relation, error: impl std::fmt::Display) -> Error {
    Error::storage(format_args!("read the table {}", relation.name()), error)
}

/// A column of text.
pub(crate) fn texts(batch: &RecordBatch, column: usize, relation: Relation) -> Result<StringArray> {
    let column = cast(batch.column(column), &DataType::Utf8);
    let column = column.map_err(|error| failed(relation, error))?;
    let column = column.as_any().downcast_ref::<StringArray>().cloned();
    column.ok_or_else(|| failed(relation, "a column is no text"))
}
