//! Who folds: an agent that waits for the lease, takes it, keeps it and gives it back.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tracing::{info, warn};

use super::checkpoint::{self, Head, SharedCheckpoints};
use super::follower::Follower;
use super::presence::Presence;
use super::retire::Retirement;
use crate::assemble::Assembler;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::format::Mark;
use crate::ids::{AgentId, Lsn, Positions};
use crate::lease::{Lease, Watch};
use crate::ledger::Ledger;
use crate::limits::{BEATS_IN_TERM, PRESENCE_INTERVAL};
use crate::store::Store;
use crate::table::{DeltaTables, TableWriter};

/// See the module.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub store: Store,
    pub agent: AgentId,
    pub clock: Arc<dyn Clock>,
    pub ledger: Arc<Ledger>,
    pub follower: Arc<Follower>,
    pub term: Duration,
    watch: Watch,
    /// By what the clock says has elapsed.
    seen_at: Option<Duration>,
    retirement: Retirement,
    retired_at: Option<Duration>,
}

/// What an agent folds with while it holds the lease.
#[derive(Debug)]
pub(crate) struct Hold {
    pub tables: Box<dyn TableWriter>,
    pub checkpoints: SharedCheckpoints,
    lease: Lease,
    /// Renews the lease while a fold goes on.
    heart: JoinHandle<()>,
}

impl Candidate {
    pub(crate) fn new(
        store: Store,
        agent: AgentId,
        clock: Arc<dyn Clock>,
        ledger: Arc<Ledger>,
        follower: Arc<Follower>,
        term: Duration,
    ) -> Self {
        Self {
            store,
            agent,
            clock,
            ledger,
            follower,
            term,
            watch: Watch::default(),
            seen_at: None,
            retirement: Retirement::default(),
            retired_at: None,
        }
    }

    /// How often [`Candidate::look`] is to be called.
    pub(crate) fn interval(&self) -> Duration {
        self.term / BEATS_IN_TERM
    }

    /// Looks whether the lease is free, and takes it then.
    pub(crate) async fn look(&mut self) -> Result<Option<Hold>> {
        let now = self.clock.elapsed();
        if !self.watch.is_free(&self.store, now, self.term).await? {
            return Ok(None);
        }
        self.take().await.map(Some)
    }

    /// Takes the lease from whoever has it.
    pub(crate) async fn take(&mut self) -> Result<Hold> {
        let now = self.clock.now();
        let lease = Lease::take_for(&self.store, &self.agent, now, self.term).await?;
        let heart = tokio::spawn(beat(lease.clone(), self.interval()));
        let mut hold = Hold {
            tables: Box::new(DeltaTables::leased(self.store.clone(), lease.clone())),
            checkpoints: SharedCheckpoints::new(self.store.clone(), lease.clone()),
            lease,
            heart,
        };
        self.make(&mut hold).await?;
        self.follower.hold().await?;
        info!(agent = %self.agent, "this agent folds for the warehouse");
        Ok(hold)
    }

    /// Makes what a warehouse needs and this one lacks.
    async fn make(&self, hold: &mut Hold) -> Result<()> {
        let mut mark = Mark::read_or_begin(&self.store).await?;
        DeltaTables::create_missing(&self.store, &mark).await?;
        let tables = DeltaTables::leased(self.store.clone(), hold.lease.clone());
        tables.add_missing_columns().await?;
        if checkpoint::newest(&self.store).await?.is_none() {
            let versions = tables.tables().await?.into_iter();
            let versions = versions.filter_map(|(relation, table)| {
                Some((relation.name().to_owned(), table.version()?))
            });
            let head = Head {
                positions: Positions::new(),
                versions: versions.collect(),
            };
            let state = Assembler::default().encode()?;
            hold.checkpoints.save(&state, &head).await?;
        }
        mark.ready(&self.store).await
    }

    /// For who folds: now and then, sees to the journals of agents that are gone.
    pub(crate) async fn retire(&mut self) -> Result<()> {
        let now = self.clock.elapsed();
        let is_recent = |at: Duration| now.saturating_sub(at) < PRESENCE_INTERVAL;
        if self.retired_at.is_some_and(is_recent) {
            return Ok(());
        }
        self.retired_at = Some(now);
        self.retirement
            .look(&self.store, &self.ledger, &self.agent)
            .await
    }

    /// Another agent took the lease.
    pub(crate) async fn lost(&mut self, hold: Hold) {
        warn!(agent = %self.agent, "another agent folds for the warehouse now");
        drop(hold);
        self.watch = Watch::default();
        self.retirement = Retirement::default();
        self.follower.yield_up().await;
    }

    /// Tells that this agent lives, now and then; at its end, where its journal ended.
    pub(crate) async fn show(&mut self, ended: Option<Lsn>) -> Result<()> {
        let now = self.clock.elapsed();
        let is_recent = |at: Duration| now.saturating_sub(at) < PRESENCE_INTERVAL;
        if ended.is_none() && self.seen_at.is_some_and(is_recent) {
            return Ok(());
        }
        let presence = Presence {
            at: self.clock.now(),
            heard: self.ledger.heard_here().into_iter().collect(),
            ended,
        };
        presence.write(&self.store, &self.agent).await?;
        self.seen_at = Some(now);
        Ok(())
    }
}

impl Hold {
    /// Whether another agent was seen to have taken the lease.
    pub(crate) fn is_lost(&self) -> bool {
        self.heart.is_finished()
    }

    /// Gives the lease back.
    pub(crate) async fn release(mut self) -> Result<()> {
        self.heart.abort();
        // Else it might still write over what follows.
        let _ = (&mut self.heart).await;
        self.lease.clone().release().await
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.heart.abort();
    }
}

/// Renews the lease until somebody else has it, which its holder notices at its next commit.
async fn beat(mut lease: Lease, interval: Duration) {
    loop {
        tokio::time::sleep(interval).await;
        match lease.renew().await {
            Ok(()) => {}
            Err(Error::Conflict(_)) => return,
            Err(error) => warn!(%error, "the lease could not be renewed"),
        }
    }
}
