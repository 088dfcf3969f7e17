//! What an agent does by itself so that its tables stay quick to write and to open: it compacts
//! and makes checkpoints, a little after each fold.
//!
//! A task of its own, beside the materialiser: a fold waits for no compaction, and one that finds
//! the table changed by one goes on from what it is now. Anything may be cut off at any time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use deltalake::DeltaTable;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};
use tracing::{debug, info, warn};

use super::compact::{compact_due, tier_due};
use super::log;
use super::maintenance::{Maintenance, MaintenanceSettings};
use crate::error::{Error, Result};
use crate::ledger::Ledger;
use crate::limits::{CHECKPOINT_VERSIONS, LOG_CLEAN_VERSIONS, UPKEEP_POLL};
use crate::materialiser::FoldStatus;
use crate::relation::Relation;

/// How tables are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpkeepSettings {
    /// Files of about one size that are merged into one.
    pub compact_files: usize,
    /// How long entries of a table's log are kept, before its last checkpoint.
    pub log_retention: Duration,
}

impl Default for UpkeepSettings {
    fn default() -> Self {
        Self {
            compact_files: 16,
            log_retention: Duration::from_secs(15 * 60),
        }
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Upkeep {
    pub maintenance: Maintenance,
    pub ledger: Arc<Ledger>,
    pub folds: watch::Receiver<FoldStatus>,
    pub settings: MaintenanceSettings,
}

impl Upkeep {
    /// Goes on until it is cut off.
    pub(crate) async fn run(mut self) -> Result<()> {
        let mut checkpoints = BTreeMap::new();
        let mut poll = tokio::time::interval_at(Instant::now() + UPKEEP_POLL, UPKEEP_POLL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                folded = self.folds.changed() => match folded {
                    Ok(()) if self.folds.borrow_and_update().holds_lease => {
                        self.after_fold(&mut checkpoints).await;
                    }
                    Ok(()) => {}
                    // The materialiser has ended, and says why itself.
                    Err(_) => return std::future::pending().await,
                },
                _ = poll.tick() => {
                    if self.folds.borrow().holds_lease {
                        self.maintain().await;
                    }
                    // Of many agents, only the one that holds the lease changes tables.
                    if !self.maintenance.is_shared() {
                        self.refresh().await;
                    }
                }
            }
        }
    }

    async fn after_fold(&self, checkpoints: &mut BTreeMap<Relation, u64>) {
        let mut is_unsettled = false;
        for (relation, table) in self.ledger.tables() {
            match self.keep(relation, table, checkpoints).await {
                Ok(Some(_)) if self.maintenance.is_shared() => is_unsettled = true,
                Ok(Some(table)) => self.ledger.refreshed(relation, table),
                Ok(None) => {}
                Err(error) => told(relation.name(), error),
            }
        }
        if is_unsettled && let Err(error) = self.maintenance.settle().await {
            told("all", error);
        }
    }

    /// Everything, when it is due.
    async fn maintain(&self) {
        let maintained = async {
            let Some(every) = self.settings.every else {
                return Ok(());
            };
            if self.maintenance.is_due(every).await? {
                let mut tell = |step| info!(?step, "maintained");
                self.maintenance
                    .run(&self.settings, false, &mut tell)
                    .await?;
            }
            Ok::<_, Error>(())
        };
        if let Err(error) = maintained.await {
            warn!(%error, "maintenance failed; it is tried again");
        }
    }

    /// What somebody else did to tables: compacted them, or deleted rows.
    async fn refresh(&self) {
        for (relation, mut table) in self.ledger.tables() {
            if table.version().is_some() && table.update_state().await.is_ok() {
                self.ledger.refreshed(relation, table);
            }
        }
    }

    /// Answers the table at its newest version, when it was compacted.
    async fn keep(
        &self,
        relation: Relation,
        table: DeltaTable,
        checkpoints: &mut BTreeMap<Relation, u64>,
    ) -> Result<Option<DeltaTable>> {
        let Some(before) = table.version() else {
            return Ok(None);
        };
        let due = |files: &[_]| tier_due(files, self.settings.upkeep.compact_files);
        let tables = &self.maintenance.tables;
        let (table, done) = compact_due(tables, table, relation, due).await?;
        if done.files_before > 0 {
            debug!(relation = relation.name(), ?done, "compacted");
        }
        let version = table.version().unwrap_or_default();
        let store = self.maintenance.store();
        let last = match checkpoints.get(&relation) {
            Some(last) => *last,
            None => log::last_checkpoint(store, relation).await?.unwrap_or(0),
        };
        checkpoints.insert(relation, last);
        if version >= last + CHECKPOINT_VERSIONS {
            log::checkpoint(store, &table, relation).await?;
            checkpoints.insert(relation, version);
            if version / LOG_CLEAN_VERSIONS != last / LOG_CLEAN_VERSIONS {
                let now = self.maintenance.clock.now();
                let keep = self.settings.upkeep.log_retention;
                log::clean(store, relation, now, keep, false).await?;
            }
        }
        Ok((version > before).then_some(table))
    }
}

/// What did not go through is done after a later fold.
fn told(relation: &str, error: Error) {
    match error {
        Error::Conflict(why) => debug!(why, "upkeep gave way"),
        error => warn!(relation, %error, "upkeep failed; it is tried again"),
    }
}
