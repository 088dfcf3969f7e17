//! A clean copy of each table for tools that know only Parquet: `parquet/<table>.parquet`, one
//! object each, with the rows of one version of the table, in the order of compacted files. It is
//! replaced in one step (by one PUT, or by the end of a multipart upload), so that whoever reads
//! it sees all of one version.
//!
//! And for engines that read lists of files, `<table>/_symlink_format_manifest/manifest`.

use deltalake::DeltaTable;
use deltalake::parquet::arrow::AsyncArrowWriter;
use deltalake::parquet::errors::ParquetError;
use deltalake::parquet::file::metadata::KeyValue;
use futures::TryStreamExt;
use object_store::buffered::BufWriter;
use object_store::path::Path;

use super::files::files;
use super::order;
use super::scan::{self, Of};
use crate::error::{Error, Result};
use crate::relation::Relation;
use crate::store::Store;

const DIRECTORY: &str = "parquet";
const MANIFEST: &str = "_symlink_format_manifest/manifest";
/// Where a copy says which version of its table it is of.
const VERSION_KEY: &str = "modeldb.table_version";

/// A table that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Which.
    pub relation: Relation,
    /// The version of it.
    pub version: u64,
    /// Its rows.
    pub rows: u64,
    /// Bytes of the object.
    pub bytes: u64,
    /// Where, below the warehouse.
    pub path: String,
}

/// Where the copy of a table is.
pub(super) fn path(relation: Relation) -> String {
    format!("{DIRECTORY}/{}.parquet", relation.name())
}

/// Publishes a table as it is.
pub(super) async fn publish(
    store: &Store,
    table: &DeltaTable,
    relation: Relation,
) -> Result<Published> {
    let path = path(relation);
    let cannot = |error: &dyn std::fmt::Display| {
        Error::storage(format_args!("write {path} of {}", store.url()), error)
    };
    let version = table.version().unwrap_or_default();
    let rows = scan::rows(table, relation, Of::Table).await?;
    let rows = scan::stream(scan::sorted(rows, relation)?, table, relation).await?;
    let mut rows = std::pin::pin!(rows);

    let object = BufWriter::new(store.objects().clone(), Path::from(path.as_str()));
    let schema = crate::table::arrow_schema(table, relation)?;
    let properties = order::properties(relation, order::group_rows(relation));
    let mut writer = AsyncArrowWriter::try_new(object, schema, Some(properties))
        .map_err(|error| cannot(&error))?;
    // An upload that is not completed leaves what was there.
    while let Some(batch) = rows.try_next().await? {
        let written = writer.write(&batch).await;
        written.map_err(|error: ParquetError| cannot(&error))?;
    }
    let version_key = KeyValue::new(VERSION_KEY.to_owned(), version.to_string());
    writer.append_key_value_metadata(version_key);
    let done = writer.finish().await.map_err(|error| cannot(&error))?;
    let bytes = writer.bytes_written() as u64;
    store.sync(&[&path])?;
    write_manifest(store, table, relation).await?;
    Ok(Published {
        relation,
        version,
        rows: done.file_metadata().num_rows().max(0) as u64,
        bytes,
        path,
    })
}

/// The URLs of the table's files, one a line.
async fn write_manifest(store: &Store, table: &DeltaTable, relation: Relation) -> Result<()> {
    let name = relation.name();
    let mut lines = String::new();
    for file in files(table, relation)? {
        lines.push_str(&format!("{}{name}/{}\n", store.url(), file.path));
    }
    let path = format!("{name}/{MANIFEST}");
    store.put(&path, lines.into_bytes()).await
}
