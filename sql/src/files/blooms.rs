//! In which row groups of which files an id may be: by bloom filters that compacted files have.
//!
//! They are kept in memory, whole columns of a file at once. DataFusion reads them too, but anew in
//! each query and one by one, of a hundred row groups for one row; here that takes microseconds,
//! and files without the id are not even opened.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::common::Result;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::ParquetAccessPlan;
use datafusion::execution::cache::cache_manager::FileMetadataCache;
use datafusion::object_store::path::Path;
use datafusion::object_store::{ObjectMeta, ObjectStore};
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::ParquetMetaData;

use super::ids::Ids;
use super::{external, footer};

/// Bytes of filters that are kept; when there are more all go, and come back as they are needed.
const KEPT_BYTES: usize = 64 << 20;

/// The filter of each row group of a column, where it has one.
type Column = Arc<Vec<Option<Sbbf>>>;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Blooms(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    columns: HashMap<(Path, String), Column>,
    bytes: usize,
}

/// Where ids may be.
pub(super) struct Narrowed {
    /// Only these, and of them only some row groups.
    pub(super) files: Vec<PartitionedFile>,
    pub(super) row_groups: usize,
}

impl Blooms {
    /// Of `files`, what may have rows with all of `ids`.
    pub(super) async fn narrow(
        &self,
        files: Vec<PartitionedFile>,
        ids: &[Ids],
        store: &Arc<dyn ObjectStore>,
        footers: &Arc<FileMetadataCache>,
    ) -> Result<Narrowed> {
        let mut narrowed = Narrowed {
            files: Vec::new(),
            row_groups: 0,
        };
        for file in files {
            let footer = footer(store, &file.object_meta, footers).await?;
            let mut groups = vec![true; footer.num_row_groups()];
            for ids in ids {
                let column = self.column(&file.object_meta, &ids.column, &footer, store);
                for (group, filter) in groups.iter_mut().zip(column.await?.iter()) {
                    let Some(filter) = filter else { continue };
                    *group &= ids.any_of.iter().any(|id| filter.check(id.as_str()));
                }
            }
            let count = groups.iter().filter(|group| **group).count();
            if count == 0 {
                continue;
            }
            narrowed.row_groups += count;
            let mut file = file;
            if count < groups.len() {
                let mut plan = ParquetAccessPlan::new_all(groups.len());
                let others = groups
                    .iter()
                    .enumerate()
                    .filter(|(_, may_have)| !**may_have);
                others.for_each(|(group, _)| plan.skip(group));
                file = file.with_extension(plan);
            }
            narrowed.files.push(file);
        }
        Ok(narrowed)
    }

    /// The filters of a column of a file.
    async fn column(
        &self,
        file: &ObjectMeta,
        name: &str,
        footer: &ParquetMetaData,
        store: &Arc<dyn ObjectStore>,
    ) -> Result<Column> {
        let key = (file.location.clone(), name.to_owned());
        if let Some(known) = self.lock().columns.get(&key) {
            return Ok(known.clone());
        }
        let leaves = footer.file_metadata().schema_descr();
        let leaf =
            (0..leaves.num_columns()).find(|leaf| leaves.column(*leaf).path().string() == name);
        let place = |group: usize| {
            let chunk = footer.row_group(group).column(leaf?);
            let offset = u64::try_from(chunk.bloom_filter_offset()?).ok()?;
            let length = u64::try_from(chunk.bloom_filter_length()?).ok()?;
            Some(offset..offset + length)
        };
        let places: Vec<_> = (0..footer.num_row_groups()).map(place).collect();
        let ranges: Vec<_> = places.iter().flatten().cloned().collect();
        let mut read = store.get_ranges(&file.location, &ranges).await?.into_iter();
        let filter = |place: Option<_>| -> Result<Option<Sbbf>> {
            let Some(bytes) = place.and_then(|_| read.next()) else {
                return Ok(None);
            };
            Sbbf::from_bytes(&bytes).map(Some).map_err(external)
        };
        let filters = places.into_iter().map(filter).collect::<Result<Vec<_>>>()?;
        let filters = Arc::new(filters);
        let bytes: u64 = ranges.iter().map(|range| range.end - range.start).sum();
        let mut kept = self.lock();
        if kept.bytes + bytes as usize > KEPT_BYTES {
            *kept = Kept::default();
        }
        kept.bytes += bytes as usize;
        kept.columns.insert(key, filters.clone());
        Ok(filters)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
    use datafusion::datasource::physical_plan::parquet::RowGroupAccess;
    use datafusion::execution::runtime_env::RuntimeEnv;
    use datafusion::object_store::memory::InMemory;
    use datafusion::object_store::{ObjectStoreExt, PutPayload};
    use parquet::arrow::ArrowWriter;
    use parquet::file::properties::WriterProperties;

    use super::*;

    /// A file with these ids, two in a row group.
    async fn file(store: &InMemory, name: &str, ids: &[&str], filters: bool) -> PartitionedFile {
        let column: ArrayRef = Arc::new(StringArray::from(ids.to_vec()));
        let rows = RecordBatch::try_from_iter([("model_id", column)]).expect("rows");
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(2))
            .set_bloom_filter_enabled(filters)
            .build();
        let mut bytes = Vec::new();
        let writer = ArrowWriter::try_new(&mut bytes, rows.schema(), Some(properties));
        let mut writer = writer.expect("a writer");
        writer.write(&rows).expect("written");
        writer.close().expect("closed");
        let path = Path::from(name);
        let payload = PutPayload::from(bytes);
        store.put(&path, payload).await.expect("put");
        PartitionedFile::new_from_meta(store.head(&path).await.expect("there"))
    }

    #[tokio::test]
    async fn only_row_groups_that_may_have_the_id_are_left() {
        let store = InMemory::new();
        let files = vec![
            file(&store, "a", &["m1", "m2", "m3", "m4"], true).await,
            file(&store, "b", &["m5", "m6"], true).await,
            file(&store, "c", &["m7", "m8"], false).await,
        ];
        let store: Arc<dyn ObjectStore> = Arc::new(store);
        let footers = RuntimeEnv::default()
            .cache_manager
            .get_file_metadata_cache();
        let blooms = Blooms::default();
        let narrow = async |any_of: &[&str]| {
            let ids = [Ids {
                column: "model_id".into(),
                any_of: any_of.iter().map(|id| (*id).to_owned()).collect(),
            }];
            let narrowed = blooms.narrow(files.clone(), &ids, &store, &footers);
            let narrowed = narrowed.await.expect("narrowed");
            let names = narrowed.files.iter().map(|file| file.path().to_string());
            let plan = narrowed.files[0].extension::<ParquetAccessPlan>().cloned();
            (names.collect::<String>(), narrowed.row_groups, plan)
        };
        // The last file has no filters: it may have anything.
        for _ in 0..2 {
            let (names, row_groups, plan) = narrow(&["m3"]).await;
            assert_eq!((names.as_str(), row_groups), ("ac", 2));
            let plan = plan.expect("not all of the file");
            let kept = [RowGroupAccess::Skip, RowGroupAccess::Scan];
            assert_eq!(plan.into_inner(), kept);
        }
        let (names, row_groups, plan) = narrow(&["m1", "m4", "m5"]).await;
        assert_eq!((names.as_str(), row_groups), ("abc", 4));
        assert!(plan.is_none());
        assert_eq!(narrow(&["m9"]).await.0, "c");
    }
}
