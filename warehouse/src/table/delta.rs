//! Tables in Delta Lake format, each under `<warehouse>/<relation>/`.
//!
//! A producer's mark is a Delta application transaction: `app_id` the producer,
//! `version` the last of its batches whose rows the table has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use deltalake::kernel::engine::arrow_conversion::TryIntoArrow;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties, TableReference};
use deltalake::kernel::{Action, Add, Transaction};
use deltalake::logstore::{StorageConfig, default_logstore};
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use deltalake::{DeltaTable, DeltaTableError};
use futures::{StreamExt, TryStreamExt};
use object_store::prefix::PrefixStore;
use tracing::info;

use super::keys::KnownKeys;
use super::marks::KnownMarks;
use super::rows::{concatenate, conform, without_keys};
use super::{Commit, TableWriter};
use crate::error::{Error, Result};
use crate::format::Mark;
use crate::hot::{Chunk, Marks, Origin, newest};
use crate::ids::{ProducerId, Seq};
use crate::lease::Lease;
use crate::limits::{COMMIT_ATTEMPTS, MAX_FILE_ROWS, MAX_PARALLEL_READS};
use crate::relation::Relation;
use crate::row::failed;
use crate::saved::Versions;
use crate::store::Store;

/// How long a table remembers a producer's mark.
const MARKS_KEPT: &str = "interval 90 days";

/// See the module.
#[derive(Debug)]
pub(crate) struct DeltaTables {
    store: Store,
    lease: Option<Lease>,
    /// What has to be there; all, where none is given.
    mark: Option<Mark>,
    known: KnownMarks,
    keys: KnownKeys,
}

impl DeltaTables {
    /// Where they lie.
    #[cfg(test)]
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Tables that are only read. A relation that `mark` does not promise may have none.
    pub(crate) fn read_only(store: Store, mark: Option<Mark>) -> Self {
        Self {
            store,
            lease: None,
            mark,
            known: KnownMarks::default(),
            keys: KnownKeys::default(),
        }
    }

    /// Tables that are written under `lease`.
    pub(crate) fn leased(store: Store, lease: Lease) -> Self {
        Self {
            store,
            lease: Some(lease),
            mark: None,
            known: KnownMarks::default(),
            keys: KnownKeys::default(),
        }
    }

    /// Makes the tables that are not there. One that `mark` promises has to be.
    pub(crate) async fn create_missing(store: &Store, mark: &Mark) -> Result<()> {
        for relation in Relation::ALL {
            let table = build(store, relation)?;
            if exists(&table, relation).await? {
                continue;
            }
            if mark.promises(relation) {
                return Err(missing(store, relation, "it has no log"));
            }
            let created = CreateBuilder::new()
                .with_log_store(table.log_store())
                .with_table_name(relation.name())
                .with_comment(relation.comment())
                .with_columns(relation.delta_fields())
                .with_configuration([("delta.setTransactionRetentionDuration", Some(MARKS_KEPT))])
                .await;
            created.map_err(|error| {
                Error::storage(format_args!("create the table {}", relation.name()), error)
            })?;
            store.sync(&[&log_path(relation, 0)])?;
        }
        Ok(())
    }

    /// Adds the columns that tables of an older version lack; their rows have nulls there.
    pub(crate) async fn add_missing_columns(&self) -> Result<()> {
        for relation in Relation::ALL {
            let table = self.open(relation).await?;
            let known = arrow_schema(&table, relation)?;
            let mut fields = relation.delta_fields();
            fields.retain(|field| known.field_with_name(field.name()).is_err());
            if fields.is_empty() {
                continue;
            }
            self.check_lease().await?;
            let names: Vec<_> = fields.iter().map(|field| field.name().clone()).collect();
            let added = table
                .add_columns()
                .with_fields(fields)
                .with_commit_properties(CommitProperties::default().with_max_retries(0))
                .await;
            let table = added.map_err(|error| {
                Error::storage(
                    format_args!("add columns to the table {}", relation.name()),
                    error,
                )
            })?;
            let version = table.version().unwrap_or_default();
            self.store.sync(&[&log_path(relation, version)])?;
            info!(
                relation = relation.name(),
                columns = names.join(", "),
                "columns added"
            );
        }
        Ok(())
    }

    /// Tables at these versions, or the newest; those of `known` that are there already stay.
    pub(crate) async fn at(
        &self,
        known: &[(Relation, DeltaTable)],
        versions: Option<&Versions>,
    ) -> Result<Vec<(Relation, DeltaTable)>> {
        let opening = Relation::ALL.into_iter().map(|relation| async move {
            let known = known.iter().find(|(of, _)| *of == relation);
            let wanted = versions.and_then(|versions| versions.get(relation.name()).copied());
            let table = match known {
                Some((_, table)) if wanted.is_some() && table.version() == wanted => table.clone(),
                Some((_, table)) if table.version().is_some() => {
                    let mut table = table.clone();
                    let loaded = match wanted {
                        Some(version) => table.load_version(version).await,
                        None => table.update_state().await,
                    };
                    loaded.map_err(|error| cannot_open(&self.store, relation, &error))?;
                    table
                }
                _ => self.open_at(relation, wanted).await?,
            };
            Ok((relation, table))
        });
        futures::stream::iter(opening)
            .buffered(MAX_PARALLEL_READS)
            .try_collect()
            .await
    }

    /// A relation's table at its newest version.
    pub(crate) async fn open(&self, relation: Relation) -> Result<DeltaTable> {
        self.open_at(relation, None).await
    }

    /// A relation's table at a version, or the newest.
    pub(crate) async fn open_at(
        &self,
        relation: Relation,
        version: Option<u64>,
    ) -> Result<DeltaTable> {
        let mut table = build(&self.store, relation)?;
        if let Some(mark) = &self.mark
            && !mark.promises(relation)
            && !exists(&table, relation).await?
        {
            return Ok(table);
        }
        let loaded = match version {
            Some(version) => table.load_version(version).await,
            None => table.load().await,
        };
        loaded.map_err(|error| cannot_open(&self.store, relation, &error))?;
        Ok(table)
    }

    /// The rows that the table does not have, by its own marks, and the marks that it
    /// will have with them.
    async fn new_rows(
        &self,
        table: &DeltaTable,
        relation: Relation,
        rows: &[Chunk],
    ) -> Result<(Vec<RecordBatch>, BTreeMap<ProducerId, Seq>)> {
        let origins = || rows.iter().flat_map(|chunk| &chunk.origins);
        let producers: BTreeSet<_> = origins().map(|origin| origin.producer.clone()).collect();
        let marks = self.known.of(&self.store, table, relation, producers);
        let marks = marks.await?;
        let lacks = |origin: &Origin| marks[&origin.producer].is_none_or(|mark| origin.seq > mark);
        let new = rows.iter().flat_map(|chunk| chunk.rows_of(lacks)).collect();
        let mut advanced = BTreeMap::new();
        for origin in origins().filter(|origin| lacks(origin)) {
            let mark = advanced.entry(origin.producer.clone()).or_default();
            *mark = origin.seq.max(*mark);
        }
        Ok((new, advanced))
    }

    /// Actions that put the rows into the table.
    async fn actions(
        &self,
        table: &DeltaTable,
        relation: Relation,
        rows: &[RecordBatch],
    ) -> Result<Vec<Action>> {
        let mut actions = Vec::new();
        let adds = match relation.key() {
            None => self.write(table, relation, rows).await?,
            Some(key) => {
                let (new, keys) = newest(relation, key, rows)?;
                let wanted = keys.iter().map(String::as_str);
                let files = self.keys.files(table, relation, key, wanted).await?;
                let old = without_keys(table, relation, &files, key, &keys).await?;
                let batch = concatenate(&arrow_schema(table, relation)?, old, new);
                let batch = batch.map_err(|error| failed(relation, error))?;
                let snapshot = snapshot(table, relation)?;
                for file in snapshot.log_data().iter() {
                    if files.iter().any(|path| *path == file.path()) {
                        actions.push(Action::Remove(file.remove_action(true)));
                    }
                }
                self.write(table, relation, &[batch]).await?
            }
        };
        actions.extend(adds.into_iter().map(Action::Add));
        Ok(actions)
    }

    /// Writes a Parquet file, or more where there are many rows, and makes them durable.
    async fn write(
        &self,
        table: &DeltaTable,
        relation: Relation,
        batches: &[RecordBatch],
    ) -> Result<Vec<Add>> {
        let write = async {
            let mut writer = RecordBatchWriter::for_table(table)?
                .with_writer_properties(crate::maintain::order::plain_properties(relation));
            let mut adds = Vec::new();
            let mut rows = 0;
            for batch in batches {
                if rows > 0 && rows + batch.num_rows() > MAX_FILE_ROWS {
                    adds.extend(writer.flush().await?);
                    rows = 0;
                }
                rows += batch.num_rows();
                writer
                    .write(conform(batch, &writer.arrow_schema())?)
                    .await?;
            }
            adds.extend(writer.flush().await?);
            Ok::<_, DeltaTableError>(adds)
        };
        let adds = write.await.map_err(|error| {
            Error::storage(format_args!("write the table {}", relation.name()), error)
        })?;
        self.sync_files(relation, &adds)?;
        Ok(adds)
    }

    /// Makes data files durable.
    pub(super) fn sync_files(&self, relation: Relation, adds: &[Add]) -> Result<()> {
        let paths: Vec<_> = adds
            .iter()
            .map(|add| format!("{}/{}", relation.name(), add.path))
            .collect();
        let paths: Vec<_> = paths.iter().map(String::as_str).collect();
        self.store.sync(&paths)
    }

    async fn prepare(
        &self,
        table: &DeltaTable,
        relation: Relation,
        rows: &[Chunk],
    ) -> Result<Option<(Vec<Action>, Vec<Transaction>)>> {
        let (rows, marks) = self.new_rows(table, relation, rows).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let actions = self.actions(table, relation, &rows).await?;
        let transactions = marks
            .into_iter()
            .map(|(producer, seq)| Transaction::new(producer, seq.0 as i64))
            .collect();
        self.check_lease().await?;
        Ok(Some((actions, transactions)))
    }

    /// Refuses when these tables are written under a lease that somebody took over.
    pub(super) async fn check_lease(&self) -> Result<()> {
        match &self.lease {
            Some(lease) => lease.check().await,
            None => Ok(()),
        }
    }

    /// One attempt, at the version after that of `table`.
    pub(super) async fn commit(
        &self,
        table: &DeltaTable,
        relation: Relation,
        operation: DeltaOperation,
        actions: Vec<Action>,
        transactions: Vec<Transaction>,
    ) -> Commit {
        let state = match snapshot(table, relation) {
            Ok(state) => state,
            Err(error) => return Commit::NotCommitted(error),
        };
        // The marks and the lease were checked against this version, so a retry of the
        // library's on a later one would be unchecked: there is none. Checkpoints and old log
        // entries are left to upkeep: here they would make every commit list the whole log.
        let properties = CommitProperties::default()
            .with_max_retries(0)
            .with_create_checkpoint(false)
            .with_cleanup_expired_logs(Some(false))
            .with_application_transactions(transactions);
        let commit = CommitBuilder::from(properties)
            .with_actions(actions)
            .build(
                Some(state as &dyn TableReference),
                table.log_store(),
                operation,
            )
            .await;
        match commit {
            Ok(committed) => self.read_back(table, relation, committed.version()).await,
            Err(error) => Commit::Unknown(Error::storage(
                format_args!("commit to the table {}", relation.name()),
                error,
            )),
        }
    }

    async fn read_back(&self, table: &DeltaTable, relation: Relation, version: u64) -> Commit {
        let mut table = table.clone();
        let read = async {
            self.store.sync(&[&log_path(relation, version)])?;
            table.update_state().await.map_err(|error| {
                Error::storage(
                    format_args!("read back the table {}", relation.name()),
                    error,
                )
            })
        };
        match read.await {
            Ok(()) if table.version() >= Some(version) => Commit::Committed(Box::new(table)),
            Ok(()) => Commit::Unknown(Error::Internal(format!(
                "version {version} of the table {} cannot be read back",
                relation.name()
            ))),
            Err(error) => Commit::Unknown(error),
        }
    }
}

#[async_trait]
impl TableWriter for DeltaTables {
    async fn tables(&self) -> Result<Vec<(Relation, DeltaTable)>> {
        self.at(&[], None).await
    }

    async fn marks(
        &self,
        tables: &[(Relation, DeltaTable)],
        producers: &[ProducerId],
    ) -> Result<Marks> {
        let mut marks = Marks::new();
        for (relation, table) in tables {
            if table.version().is_none() {
                continue;
            }
            for producer in producers {
                if let Some(seq) = mark(table, *relation, producer).await? {
                    marks.insert((*relation, producer.clone()), seq);
                }
            }
        }
        Ok(marks)
    }

    async fn fold(&self, table: &DeltaTable, relation: Relation, rows: &[Chunk]) -> Commit {
        let mut table = table.clone();
        if let Err(error) = update(&mut table, relation).await {
            return Commit::NotCommitted(error);
        }
        for _ in 1..COMMIT_ATTEMPTS {
            let commit = self.fold_once(&table, relation, rows).await;
            let Commit::Unknown(_) = commit else {
                return commit;
            };
            let tried = table.version();
            if update(&mut table, relation).await.is_err() || table.version() == tried {
                return commit;
            }
            // Somebody committed in between, a compaction perhaps; or it was we. The marks of
            // the version there is now say which.
        }
        self.fold_once(&table, relation, rows).await
    }
}

impl DeltaTables {
    async fn fold_once(&self, table: &DeltaTable, relation: Relation, rows: &[Chunk]) -> Commit {
        let operation = DeltaOperation::Write {
            mode: SaveMode::Append,
            partition_by: None,
            predicate: None,
        };
        match self.prepare(table, relation, rows).await {
            Ok(Some((actions, transactions))) => {
                self.commit(table, relation, operation, actions, transactions)
                    .await
            }
            Ok(None) => Commit::Had(Box::new(table.clone())),
            Err(error) => Commit::NotCommitted(error),
        }
    }
}

/// Brings a table to its newest version.
pub(super) async fn update(table: &mut DeltaTable, relation: Relation) -> Result<()> {
    let updated = table.update_state().await;
    updated
        .map_err(|error| Error::storage(format_args!("read the table {}", relation.name()), error))
}

/// By its log store, as that is Delta's plain one over whatever object store this is: Delta's own
/// way from a URL knows the stores that its own crates bring.
fn build(store: &Store, relation: Relation) -> Result<DeltaTable> {
    let (root, url) = store.delta(relation.name())?;
    let prefix = object_store::path::Path::from_url_path(url.path())
        .map_err(|error| Error::Internal(format!("table {}: {error}", relation.name())))?;
    let objects = Arc::new(PrefixStore::new(root.clone(), prefix));
    let log_store = default_logstore(objects, root, &url, &StorageConfig::default());
    Ok(DeltaTable::new(log_store))
}

async fn exists(table: &DeltaTable, relation: Relation) -> Result<bool> {
    table.verify_deltatable_existence().await.map_err(|error| {
        Error::storage(
            format_args!("look for the table {}", relation.name()),
            error,
        )
    })
}

/// The table's own schema, which may have other columns than the relation's.
pub(crate) fn arrow_schema(table: &DeltaTable, relation: Relation) -> Result<SchemaRef> {
    let metadata = table.snapshot().map(|state| state.metadata());
    let schema = metadata.and_then(|metadata| {
        let schema: Schema = (&metadata.parse_schema()?).try_into_arrow()?;
        Ok(Arc::new(schema))
    });
    schema.map_err(|error| {
        Error::storage(
            format_args!("read the schema of the table {}", relation.name()),
            error,
        )
    })
}

pub(crate) fn snapshot(
    table: &DeltaTable,
    relation: Relation,
) -> Result<&deltalake::kernel::EagerSnapshot> {
    let state = table.snapshot().map_err(|error| {
        Error::Internal(format!(
            "the table {} is not loaded: {error}",
            relation.name()
        ))
    })?;
    Ok(state.snapshot())
}

pub(super) async fn mark(
    table: &DeltaTable,
    relation: Relation,
    producer: &ProducerId,
) -> Result<Option<Seq>> {
    let log = table.log_store();
    let version = snapshot(table, relation)?
        .transaction_version(log.as_ref(), producer)
        .await;
    let version = version.map_err(|error| {
        Error::storage(
            format_args!("read the marks of the table {}", relation.name()),
            error,
        )
    })?;
    Ok(version.map(|version| Seq(version.max(0) as u64)))
}

pub(super) fn log_path(relation: Relation, version: u64) -> String {
    format!("{}/_delta_log/{version:020}.json", relation.name())
}

/// The object store did not answer, or what it has is no table.
fn cannot_open(store: &Store, relation: Relation, error: &DeltaTableError) -> Error {
    match of_store(error) {
        None | Some(object_store::Error::NotFound { .. }) => {
            missing(store, relation, &error.to_string())
        }
        Some(error) => {
            let what = format_args!("open the table {}", relation.name()).to_string();
            Error::storage(what, error)
        }
    }
}

/// What the object store said, however deep it lies: it comes through Arrow, too.
fn of_store(error: &DeltaTableError) -> Option<&object_store::Error> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        let known = error.downcast_ref();
        if known.is_some() {
            return known;
        }
        next = match error.downcast_ref() {
            // It tells what its cause has for a cause, and leaves out the cause.
            Some(delta_kernel::Error::ObjectStore(error)) => Some(error),
            _ => error.source(),
        };
    }
    None
}

fn missing(store: &Store, relation: Relation, why: &str) -> Error {
    Error::Damaged(format!(
        "the warehouse {url} is incomplete: its table {name} at {url}{name}/ cannot be opened: {why}. \
         Restore that directory from a copy",
        url = store.url(),
        name = relation.name(),
    ))
}
