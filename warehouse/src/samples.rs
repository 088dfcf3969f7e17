//! Sampled rows: Parquet files `samples/_rows/<digest>.parquet`, each named by the BLAKE3
//! digest of its bytes. The same rows sampled twice are one file. A file is durable before
//! any event that names it, and never changes.
//!
//! They lie in the directory of the table `samples`, below a name with `_`: what has such a
//! name does not belong to a Delta table, and no vacuum takes it for a left-over of one.
//!
//! The first column is `row_id`: a row has the same one in every sample that it is in.

use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::error::{Error, Result};
use crate::limits::MAX_SAMPLE_BYTES;
use crate::store::Store;

/// The column with the rows' ids.
pub const ROW_ID: &str = "row_id";

const DIRECTORY: &str = "samples/_rows/";
const SUFFIX: &str = ".parquet";
const DIGEST: usize = 64;

/// Keeps `rows` and answers the file's place, relative to the warehouse.
pub async fn keep(store: &Store, rows: &RecordBatch) -> Result<String> {
    let bytes = encode(rows)
        .map_err(|error| Error::Internal(format!("write a sample as Parquet: {error}")))?;
    let uri = format!("{DIRECTORY}{}{SUFFIX}", blake3::hash(&bytes).to_hex());
    // Even where it is there: it may be what a crash left, not durable yet, or so old, with no row
    // that names it, that a vacuum is about to take it.
    store.put(&uri, bytes).await?;
    Ok(uri)
}

fn encode(rows: &RecordBatch) -> Result<Vec<u8>, parquet::errors::ParquetError> {
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, rows.schema(), Some(properties.build()))?;
    writer.write(rows)?;
    writer.close()?;
    Ok(bytes)
}

/// The rows of the file `uri`, among the objects of its warehouse.
pub async fn read(objects: &dyn ObjectStore, uri: &str) -> Result<Vec<RecordBatch>> {
    let damaged = |why: &dyn std::fmt::Display| {
        Error::Damaged(format!(
            "the sample {uri}: {why}. Restore it from a copy of the warehouse"
        ))
    };
    let digest = uri
        .strip_prefix(DIRECTORY)
        .and_then(|name| name.strip_suffix(SUFFIX))
        .filter(|name| name.len() == DIGEST && name.bytes().all(|b| b.is_ascii_hexdigit()))
        .ok_or_else(|| damaged(&"that is no name of a sample"))?;
    let got = async {
        let found = objects.get(&uri.into()).await?;
        if found.meta.size > MAX_SAMPLE_BYTES {
            return Ok(None);
        }
        found.bytes().await.map(Some)
    };
    let bytes: Bytes = match got.await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            return Err(damaged(&format!(
                "it is larger than {MAX_SAMPLE_BYTES} bytes"
            )));
        }
        Err(object_store::Error::NotFound { .. }) => return Err(damaged(&"it is missing")),
        Err(error) => return Err(Error::storage(format_args!("read {uri}"), error)),
    };
    if blake3::hash(&bytes).to_hex().as_str() != digest {
        return Err(damaged(&"its bytes are not those that were written"));
    }
    let decode = || {
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes)?.build()?;
        reader.collect::<Result<Vec<_>, _>>()
    };
    decode().map_err(|error: arrow::error::ArrowError| damaged(&error))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, StringArray};

    use super::*;

    fn rows(ids: &[&str]) -> RecordBatch {
        let ids: ArrayRef = Arc::new(StringArray::from(ids.to_vec()));
        RecordBatch::try_from_iter([(ROW_ID, ids)]).expect("rows")
    }

    #[tokio::test]
    async fn the_same_rows_are_one_file() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::open(&dir.path().display().to_string(), true).expect("a store");
        let uri = keep(&store, &rows(&["a", "b"])).await.expect("kept");
        assert_eq!(keep(&store, &rows(&["a", "b"])).await.expect("kept"), uri);
        assert_ne!(keep(&store, &rows(&["a"])).await.expect("kept"), uri);
        let read_back = read(store.objects().as_ref(), &uri).await.expect("rows");
        assert_eq!(read_back, [rows(&["a", "b"])]);

        // What a crash cut short is written again.
        std::fs::write(dir.path().join(&uri), b"PAR1").expect("written");
        let cut = read(store.objects().as_ref(), &uri).await;
        assert!(matches!(cut, Err(Error::Damaged(_))), "{cut:?}");
        keep(&store, &rows(&["a", "b"])).await.expect("kept");
        read(store.objects().as_ref(), &uri).await.expect("rows");
    }

    #[tokio::test]
    async fn only_samples_are_read() {
        let store = Store::open("memory://", true).expect("a store");
        let missing = format!("samples/_rows/{}.parquet", "0".repeat(DIGEST));
        for uri in ["modeldb.json", "samples/_rows/../modeldb.json", &missing] {
            let read = read(store.objects().as_ref(), uri).await;
            assert!(matches!(read, Err(Error::Damaged(_))), "{uri}: {read:?}");
        }
    }
}
