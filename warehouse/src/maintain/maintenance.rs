//! What `modeldb maintain` does, and an agent once in a while: everything, table by table. Each
//! step is a whole of its own; cut off anywhere, it is gone on with the next time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use deltalake::DeltaTable;
use serde::{Deserialize, Serialize};

use super::compact::{Compacted, candidates, compact_due, full_due};
use super::delete::Deleted;
use super::files::files;
use super::keeper::Keeper;
use super::log;
use super::named::Named;
use super::publish::{self, Published};
use super::retention::{Retained, Rule};
use super::upkeep::UpkeepSettings;
use super::vacuum::{self, Gone, Mode};
use crate::clock::{Clock, Micros};
use crate::error::{Error, Result};
use crate::format::Mark;
use crate::limits::MAX_VACUUM_AFTER;
use crate::reader::Reader;
use crate::relation::Relation;
use crate::store::Store;
use crate::table::DeltaTables;

/// When the last whole maintenance ended.
const LAST: &str = "_maintenance.json";

/// What maintenance does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceSettings {
    /// How tables are kept.
    pub upkeep: UpkeepSettings,
    /// How long what nothing refers to stays.
    pub vacuum_after: Duration,
    /// How long what is kept.
    pub retention: Vec<Rule>,
    /// Whether tables are published in the end.
    pub publish: bool,
    /// How often an agent does it by itself; none where somebody else does.
    pub every: Option<Duration>,
}

impl Default for MaintenanceSettings {
    fn default() -> Self {
        Self {
            upkeep: UpkeepSettings::default(),
            vacuum_after: MAX_VACUUM_AFTER,
            retention: Vec::new(),
            publish: false,
            every: Some(Duration::from_secs(24 * 3600)),
        }
    }
}

/// A step that was done, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// What was older than the rules allow.
    Retention(Retained, Deleted),
    /// Small files became large ones.
    Compaction(Relation, Compacted),
    /// Entries of a table's log.
    Log(Relation, usize),
    /// Data files that no version needs.
    DataFiles(Relation, Gone),
    /// Sampled rows that no row names.
    Samples(Gone),
    /// Saved models that no row names.
    Artifacts(Gone),
    /// A copy for tools that know only Parquet.
    Publication(Published),
    /// Somebody else changed a table meanwhile: it is left for the next time.
    GaveWay(Relation, String),
}

/// See the module.
#[derive(Debug)]
pub struct Maintenance {
    pub(super) reader: Reader,
    pub(super) tables: DeltaTables,
    pub(super) clock: Arc<dyn Clock>,
    /// Where there are many agents: what it takes to change something.
    keeper: Option<Keeper>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Last {
    ended_at: Micros,
}

impl Maintenance {
    /// Of the warehouse at `location`; see [`Store::open`]. To look, to publish, and to change a
    /// local warehouse: for others see [`Session`](super::Session).
    pub async fn open(location: &str, clock: Arc<dyn Clock>) -> Result<Self> {
        Self::open_at(Store::open(location, false)?, clock).await
    }

    /// As [`Maintenance::open`], at a store that the caller has.
    pub async fn open_at(store: Store, clock: Arc<dyn Clock>) -> Result<Self> {
        let reader = Reader::open_at(store, clock.clone()).await?;
        Ok(Self::of(reader.store().clone(), clock, None))
    }

    pub(crate) fn of(store: Store, clock: Arc<dyn Clock>, keeper: Option<Keeper>) -> Self {
        Self {
            tables: DeltaTables::read_only(store.clone(), None),
            reader: Reader::at(store, clock.clone()),
            clock,
            keeper,
        }
    }

    /// Makes what was changed count, where there are many agents; and folds what their journals
    /// have.
    pub(super) async fn settle(&self) -> Result<()> {
        match &self.keeper {
            Some(keeper) => keeper.settle(&self.tables).await,
            None if self.store().local().is_some() => Ok(()),
            None => Err(Error::Internal(format!(
                "{} is changed without its lease",
                self.store().url()
            ))),
        }
    }

    /// Whether it is one of many agents that does this.
    pub(super) fn is_shared(&self) -> bool {
        self.keeper.is_some()
    }

    /// Where the warehouse lies.
    pub fn store(&self) -> &Store {
        self.reader.store()
    }

    /// Does everything, and tells each step that had something to do. With `dry_run` nothing is
    /// changed, and steps are told that would be done; what one of them leaves for the next is
    /// not seen then.
    pub async fn run(
        &self,
        settings: &MaintenanceSettings,
        dry_run: bool,
        tell: &mut (dyn FnMut(Step) + Send),
    ) -> Result<()> {
        if !dry_run {
            self.settle().await?;
        }
        for kind in Retained::ALL {
            let deleted = self.retain(&settings.retention, kind, dry_run).await?;
            if let Some(deleted) = deleted.filter(|deleted| !deleted.rows.is_empty()) {
                tell(Step::Retention(kind, deleted));
            }
        }
        for relation in self.relations().await? {
            match self.table(relation, settings, dry_run, tell).await {
                Err(Error::Conflict(why)) => tell(Step::GaveWay(relation, why)),
                done => done?,
            }
        }
        if !dry_run {
            self.settle().await?;
        }
        self.named(settings.vacuum_after, dry_run, tell).await?;
        if settings.publish && !dry_run {
            self.publish(tell).await?;
        }
        if !dry_run {
            let last = Last {
                ended_at: self.clock.now(),
            };
            let last = serde_json::to_vec(&last)
                .map_err(|error| Error::Internal(format!("encode {LAST}: {error}")))?;
            self.store().put(LAST, last).await?;
        }
        Ok(())
    }

    /// Those that have a table: in a warehouse that no agent of this version has opened yet a
    /// later relation has none.
    pub(super) async fn relations(&self) -> Result<Vec<Relation>> {
        let mark = Mark::read(self.store()).await?;
        let has_table =
            |relation: &Relation| mark.as_ref().is_none_or(|mark| mark.promises(*relation));
        Ok(Relation::ALL.into_iter().filter(has_table).collect())
    }

    /// Publishes every table.
    pub async fn publish(&self, tell: &mut (dyn FnMut(Step) + Send)) -> Result<()> {
        for relation in self.relations().await? {
            let table = self.tables.open(relation).await?;
            let published = publish::publish(self.store(), &table, relation).await?;
            tell(Step::Publication(published));
        }
        Ok(())
    }

    /// Whether the last whole maintenance is longer ago than `every`.
    pub(super) async fn is_due(&self, every: Duration) -> Result<bool> {
        let last = self.store().get(LAST).await?;
        let last = last.and_then(|last| serde_json::from_slice::<Last>(&last).ok());
        let since = last.map(|last| self.clock.now().since(last.ended_at));
        Ok(since.is_none_or(|since| since >= every))
    }

    async fn table(
        &self,
        relation: Relation,
        settings: &MaintenanceSettings,
        dry_run: bool,
        tell: &mut (dyn FnMut(Step) + Send),
    ) -> Result<()> {
        let mut table = self.tables.open(relation).await?;
        let done = match dry_run {
            true => would_compact(&table, relation)?,
            false => {
                let done;
                (table, done) = compact_due(&self.tables, table, relation, full_due).await?;
                done
            }
        };
        if done.files_before > 0 {
            tell(Step::Compaction(relation, done));
        }
        let (store, now) = (self.store(), self.clock.now());
        let last = log::last_checkpoint(store, relation).await?;
        if !dry_run && last.unwrap_or(0) < table.version().unwrap_or(0) {
            log::checkpoint(store, &table, relation).await?;
        }
        let keep = settings.upkeep.log_retention;
        let entries = log::clean(store, relation, now, keep, dry_run).await?;
        if entries > 0 {
            tell(Step::Log(relation, entries));
        }
        let mode = Mode::Older(settings.vacuum_after);
        let gone = self.vacuum(&table, relation, mode, dry_run).await?;
        if gone.objects > 0 {
            tell(Step::DataFiles(relation, gone));
        }
        Ok(())
    }

    /// Removes data files of a table, but for those of the version that readers begin with.
    pub(super) async fn vacuum(
        &self,
        table: &DeltaTable,
        relation: Relation,
        mode: Mode,
        dry_run: bool,
    ) -> Result<Gone> {
        let store = self.store();
        let mut needed = BTreeSet::new();
        if store.local().is_none()
            && let Some(versions) = crate::shared::versions(store).await?
            && let Some(version) = versions.get(relation.name())
        {
            let table = self.tables.open_at(relation, Some(*version)).await?;
            let files = files(&table, relation)?.into_iter();
            needed.extend(files.map(|file| file.path));
        }
        let now = self.clock.now();
        vacuum::data_files(store, table, relation, now, mode, &needed, dry_run).await
    }

    /// What rows name, and no row does any more.
    async fn named(
        &self,
        grace: Duration,
        dry_run: bool,
        tell: &mut (dyn FnMut(Step) + Send),
    ) -> Result<()> {
        let named = Named::read(&self.reader).await?;
        let (store, now) = (self.store(), self.clock.now());
        let gone = vacuum::samples(store, &named, now, grace, dry_run).await?;
        if gone.objects > 0 {
            tell(Step::Samples(gone));
        }
        let gone = vacuum::artifacts(store, &named, now, grace, dry_run).await?;
        if gone.objects > 0 {
            tell(Step::Artifacts(gone));
        }
        Ok(())
    }
}

fn would_compact(table: &DeltaTable, relation: Relation) -> Result<Compacted> {
    let mut done = Compacted::default();
    if let Some(old) = full_due(&candidates(table, relation)?) {
        done.files_before = old.len();
        done.bytes_before = old.iter().map(|file| file.bytes).sum();
    }
    Ok(done)
}
