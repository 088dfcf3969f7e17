//! The rows of a mutable relation's table, for the commit that replaces some of them.
//!
//! Such a commit rewrites the files that have rows of the replaced keys, and no other.

use std::collections::BTreeSet;

use arrow::array::{Array, BooleanArray, StringArray, new_null_array};
use arrow::compute::{cast, concat_batches, filter_record_batch};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use deltalake::DeltaTable;
use futures::TryStreamExt;

use super::scan::{self, Of};
use crate::error::{Error, Result};
use crate::relation::Relation;

/// The rows of some files of the table whose `key` is not in `replaced`.
pub(super) async fn without_keys(
    table: &DeltaTable,
    relation: Relation,
    files: &[String],
    key: &str,
    replaced: &BTreeSet<String>,
) -> Result<Vec<RecordBatch>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let rows = scan::rows(table, relation, Of::Files(files)).await?;
    let batches = scan::stream(rows, table, relation).await?;
    let batches: Vec<RecordBatch> = batches.try_collect().await?;
    let keep = |batch: &RecordBatch| -> Result<RecordBatch, ArrowError> {
        let index = batch.schema().index_of(key)?;
        let keys = cast(batch.column(index), &DataType::Utf8)?;
        let keys = keys.as_any().downcast_ref::<StringArray>();
        let kept = |key: Option<&str>| Some(key.is_none_or(|key| !replaced.contains(key)));
        let kept: BooleanArray = keys.into_iter().flatten().map(kept).collect();
        filter_record_batch(batch, &kept)
    };
    let kept = batches.iter().map(keep).collect::<Result<_, _>>();
    kept.map_err(|error| Error::Internal(format!("keep rows of {}: {error}", table.table_url())))
}

/// One batch of `old` and `new`, with the table's schema.
pub(super) fn concatenate(
    schema: &SchemaRef,
    old: Vec<RecordBatch>,
    new: RecordBatch,
) -> Result<RecordBatch, ArrowError> {
    let batches = old.iter().chain([&new]).map(|batch| conform(batch, schema));
    concat_batches(schema, &batches.collect::<Result<Vec<_>, _>>()?)
}

/// `batch` with the table's schema: a column that was added since the rows were written
/// is null, and so is one that only a newer program knows.
pub(crate) fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let columns = schema
        .fields()
        .iter()
        .map(|field| match batch.column_by_name(field.name()) {
            Some(column) => cast(column, field.data_type()),
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        });
    RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)
}
