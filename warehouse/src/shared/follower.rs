//! Keeps a ledger up with what other agents wrote.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::checkpoint::{self, CheckpointId};
use super::load::{Loaded, TablesAt, load};
use super::order::order;
use super::presence;
use super::tails::{self, Tails};
use crate::clock::Clock;
use crate::error::Result;
use crate::ids::AgentId;
use crate::ledger::Ledger;
use crate::limits::FOLLOW_INTERVAL;
use crate::store::Store;
use crate::table::DeltaTables;

/// See the module.
#[derive(Debug)]
pub(crate) struct Follower {
    store: Store,
    own: AgentId,
    clock: Arc<dyn Clock>,
    ledger: Arc<Ledger>,
    tables: DeltaTables,
    place: Mutex<Place>,
}

/// How far it is.
#[derive(Debug, Default)]
struct Place {
    /// The checkpoint that the ledger began with; none when it has to be loaded.
    base: Option<CheckpointId>,
    /// When the others were last read, by what the clock says has elapsed.
    read_at: Option<Duration>,
    /// This agent folds: nobody else writes checkpoints.
    holds: bool,
}

impl Follower {
    pub(crate) fn new(
        store: Store,
        own: AgentId,
        clock: Arc<dyn Clock>,
        ledger: Arc<Ledger>,
        tables: DeltaTables,
    ) -> Self {
        Self {
            store,
            own,
            clock,
            ledger,
            tables,
            place: Mutex::default(),
        }
    }

    /// Brings the ledger to where the others are now, or were a moment ago.
    pub(crate) async fn follow(&self) -> Result<()> {
        let mut place = self.place.lock().await;
        let now = self.clock.elapsed();
        let is_recent = |at: Duration| now.saturating_sub(at) < FOLLOW_INTERVAL;
        if place.base.is_some() && place.read_at.is_some_and(is_recent) {
            return Ok(());
        }
        self.read(&mut place).await
    }

    /// Brings the ledger to where the others are now.
    pub(crate) async fn follow_now(&self) -> Result<()> {
        self.read(&mut *self.place.lock().await).await
    }

    async fn read(&self, place: &mut Place) -> Result<()> {
        let now = self.clock.elapsed();
        let is_current = match place.base {
            Some(_) if place.holds => true,
            Some(base) => checkpoint::newest(&self.store).await? == Some(base),
            None => false,
        };
        if !is_current || !self.catch_up().await? {
            self.load(place, TablesAt::Checkpoint).await?;
        }
        let mut heard = HashMap::new();
        for (agent, presence) in presence::all(&self.store).await? {
            if agent != self.own {
                heard.extend(presence.heard);
            }
        }
        self.ledger.heard_elsewhere(heard);
        place.read_at = Some(now);
        Ok(())
    }

    /// Adds what the others have written since; false when some of that is gone already.
    async fn catch_up(&self) -> Result<bool> {
        for is_last in [false, true] {
            let positions = self.ledger.positions();
            let Tails::Found(entries, ends) =
                tails::read(&self.store, &positions, Some(&self.own)).await?
            else {
                return Ok(false);
            };
            let ordered = order(entries, |id| self.ledger.applied_seq(id));
            if ordered.has_gaps && !is_last {
                continue;
            }
            self.ledger.apply_others(ordered.entries, ends);
            break;
        }
        Ok(true)
    }

    async fn load(&self, place: &mut Place, at: TablesAt) -> Result<()> {
        let known = self.ledger.tables();
        let own = Some((&self.own, self.ledger.recent()));
        let loaded = load(&self.store, &self.tables, &known, at, own).await?;
        let Loaded { base, .. } = loaded;
        self.ledger.replace(loaded);
        place.base = Some(base);
        Ok(())
    }

    /// This agent folds from now on: the ledger is that of the newest tables.
    pub(crate) async fn hold(&self) -> Result<()> {
        let mut place = self.place.lock().await;
        self.load(&mut place, TablesAt::Newest).await?;
        place.holds = true;
        place.read_at = Some(self.clock.elapsed());
        Ok(())
    }

    /// Another agent folds.
    pub(crate) async fn yield_up(&self) {
        *self.place.lock().await = Place::default();
        self.ledger.forget_all();
    }

    /// Forgets what another agent has folded; who asks next loads it anew.
    pub(crate) async fn forget_folded(&self) -> Result<()> {
        let mut place = self.place.lock().await;
        let newest = checkpoint::newest(&self.store).await?;
        let (Some(id), false) = (newest, place.holds || newest == place.base) else {
            return Ok(());
        };
        if let Some(head) = checkpoint::head(&self.store, id).await? {
            self.ledger.forget(&head.positions);
            place.base = None;
        }
        Ok(())
    }
}
