//! The data files of a table, as a Parquet source of DataFusion.
//!
//! Which files a version of a table has, and what its log tells of them, is read from the log once
//! and kept while the table stays at that version: queries come far more often than versions.
//!
//! Text is read as views ([`text_as_views`]), which point into the pages of a file: grouping and
//! comparing copies nothing. Outside it is text again (`plain`).
//!
//! Filters skip files, row groups and pages by their statistics. Rows are looked at one by one
//! above the scan, where all columns are there already; only where ids are asked for, which are
//! one row in thousands, other columns wait until it is known which rows those are. In which row
//! groups an id may be at all is known before ([`Blooms`]).

mod blooms;
mod ids;
mod statistics;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::common::Statistics;
use datafusion::config::TableParquetOptions;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::cache::cache_manager::FileMetadataCache;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::Expr;
use datafusion::object_store::path::Path;
use datafusion::object_store::{ObjectMeta, ObjectStore};
use datafusion::physical_plan::{ExecutionPlan, Partitioning};
use deltalake::DeltaTable;
use modeldb_warehouse::Relation;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};

use blooms::Blooms;

/// Tables of a higher one have features that change what their files mean.
const READER_VERSION: i32 = 1;

/// What is known of the files of all tables.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    tables: Mutex<HashMap<Relation, Arc<DataFiles>>>,
    blooms: Arc<Blooms>,
}

impl Cache {
    /// The files of `table` at its version, with these columns.
    pub(crate) fn files(
        &self,
        relation: Relation,
        table: &DeltaTable,
        schema: &SchemaRef,
    ) -> Result<Arc<DataFiles>> {
        let identity = identity(table)?;
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = tables.get(&relation)
            && known.identity == identity
        {
            return Ok(known.clone());
        }
        let files = DataFiles::read(table, identity, schema, self.blooms.clone())?;
        let files = Arc::new(files);
        tables.insert(relation, files.clone());
        Ok(files)
    }
}

/// A table and its version.
type Identity = (String, u64);

fn identity(table: &DeltaTable) -> Result<Identity> {
    let state = table.snapshot().map_err(external)?;
    Ok((state.metadata().id().to_owned(), state.version()))
}

fn external(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// The files of one version of a table.
pub(crate) struct DataFiles {
    identity: Identity,
    schema: SchemaRef,
    url: ObjectStoreUrl,
    store: Arc<dyn ObjectStore>,
    files: Vec<PartitionedFile>,
    /// Of each file.
    bounds: Vec<Arc<Statistics>>,
    blooms: Arc<Blooms>,
}

impl std::fmt::Debug for DataFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataFiles")
            .field("identity", &self.identity)
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

impl DataFiles {
    fn read(
        table: &DeltaTable,
        identity: Identity,
        schema: &SchemaRef,
        blooms: Arc<Blooms>,
    ) -> Result<Self> {
        let root = table.table_url();
        let state = table.snapshot().map_err(external)?;
        if state.protocol().min_reader_version() > READER_VERSION {
            return Err(DataFusionError::NotImplemented(format!(
                "the table {root} was given features by another program that ModelDB does not \
                 read (reader version {}; up to {READER_VERSION} is read): deletion vectors or \
                 mapped columns. Restore the table from a copy, or have that program drop them",
                state.protocol().min_reader_version()
            )));
        }
        let url = format!("{}://{}", root.scheme(), root.authority());
        let prefix = Path::from_url_path(root.path()).map_err(external)?;
        let (mut files, mut bounds) = (Vec::new(), Vec::new());
        for file in state.log_data().iter() {
            let path = format!("{prefix}/{}", file.object_store_path());
            let meta = ObjectMeta {
                location: Path::parse(path).map_err(external)?,
                last_modified: file.modification_datetime().map_err(external)?,
                size: file.size().max(0) as u64,
                e_tag: None,
                version: None,
            };
            let told = statistics::told(&file);
            bounds.push(Arc::new(statistics::bounds(&told, schema)));
            let known = statistics::of(&told, meta.size as usize, schema);
            files.push(PartitionedFile::new_from_meta(meta).with_statistics(Arc::new(known)));
        }
        Ok(Self {
            identity,
            schema: schema.clone(),
            url: ObjectStoreUrl::parse(url)?,
            store: table.log_store().root_object_store(None),
            files,
            bounds,
            blooms,
        })
    }

    /// The columns at `wanted` of all rows that `filters` do not rule out.
    pub(crate) async fn scan(
        &self,
        session: &dyn Session,
        wanted: &[usize],
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let runtime = session.runtime_env();
        runtime.register_object_store(self.url.as_ref(), self.store.clone());
        let footers = runtime.cache_manager.get_file_metadata_cache();
        let kept = statistics::narrow(&self.bounds, &self.schema, filters, session)?;
        let kept = self.files.iter().zip(kept).filter(|(_, kept)| *kept);
        let files: Vec<_> = kept.map(|(file, _)| file.clone()).collect();
        if !filters.is_empty() {
            // For the scan, which finds them kept.
            for file in &files {
                footer(&self.store, &file.object_meta, &footers).await?;
            }
        }
        let ids = ids::asked_for(filters, &self.schema);
        let (files, groups) = if ids.is_empty() {
            (files, None)
        } else {
            let blooms = &self.blooms;
            let found = blooms.narrow(files, &ids, &self.store, &footers).await?;
            (found.files, Some(found.row_groups))
        };
        let options = TableParquetOptions {
            global: session.config_options().execution.parquet.clone(),
            ..TableParquetOptions::default()
        };
        let reader = CachedParquetFileReaderFactory::new(self.store.clone(), footers);
        let source = ParquetSource::new(TableSchema::from(self.schema.clone()))
            .with_table_parquet_options(options)
            .with_parquet_file_reader_factory(Arc::new(reader))
            .with_pushdown_filters(!ids.is_empty())
            // Asked already.
            .with_bloom_filter_on_read(ids.is_empty());
        let told = files.iter().filter_map(|file| file.statistics.as_deref());
        let statistics = match files.is_empty() {
            true => Statistics::new_unknown(&self.schema),
            false => Statistics::try_merge_iter(told, &self.schema)?,
        };
        let mut config = FileScanConfigBuilder::new(self.url.clone(), Arc::new(source))
            .with_file_groups(vec![FileGroup::new(files)])
            .with_statistics(statistics)
            .with_projection_indices(Some(wanted.to_vec()))?
            .with_limit(limit);
        if groups.is_some_and(|groups| groups <= 1) {
            // Two halves of one row group are one that has it and one that has nothing.
            config = config.with_output_partitioning(Some(Partitioning::UnknownPartitioning(1)));
        }
        Ok(DataSourceExec::from_data_source(config.build()))
    }
}

/// The footer of a file with its page index. From then on both are kept: a scan that finds a footer
/// without the index reads that anew each time.
async fn footer(
    store: &Arc<dyn ObjectStore>,
    file: &ObjectMeta,
    kept: &Arc<FileMetadataCache>,
) -> Result<Arc<ParquetMetaData>> {
    DFParquetMetadata::new(store.as_ref(), file)
        .with_file_metadata_cache(Some(kept.clone()))
        .with_page_index_policy(Some(PageIndexPolicy::Optional))
        .fetch_metadata()
        .await
}

/// The same columns, with text as views; see the module. Without comments, which plans would copy
/// from node to node, and by which two columns of a recursive query would differ.
pub(crate) fn text_as_views(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let kind = match field.data_type() {
            DataType::Utf8 => DataType::Utf8View,
            other => other.clone(),
        };
        Field::new(field.name(), kind, field.is_nullable())
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
