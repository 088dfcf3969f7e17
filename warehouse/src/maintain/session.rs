//! Maintenance from outside of an agent, with what it takes to change a warehouse.
//!
//! For a local one that is nothing. One on an object store has many agents, whose checkpoints say
//! which versions of the tables count. So this becomes one of the agents, which takes no events, and
//! takes the lease from the one that has it; folds go on here meanwhile. In the end it is given
//! back, and an agent takes it again at its next look.

use std::sync::Arc;

use super::maintenance::Maintenance;
use crate::clock::{Clock, Entropy};
use crate::error::Result;
use crate::ids::AgentId;
use crate::lease;
use crate::opening::Purpose;
use crate::reader::Reader;
use crate::store::Store;
use crate::warehouse::{Settings, Tasks, Warehouse};

/// See the module.
#[derive(Debug)]
pub struct Session {
    maintenance: Maintenance,
    agent: Option<(Arc<Warehouse>, Tasks)>,
    gave_way: Option<AgentId>,
}

impl Session {
    /// Of the warehouse at the location that the settings name.
    pub async fn open(
        settings: &Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self> {
        let reader = Reader::open(&settings.location, clock.clone()).await?;
        Self::open_at(reader.store().clone(), settings, clock, entropy).await
    }

    /// As [`Session::open`], at a store that the caller has.
    pub async fn open_at(
        store: Store,
        settings: &Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self> {
        if store.local().is_some() {
            return Ok(Self {
                maintenance: Maintenance::of(store, clock, None),
                agent: None,
                gave_way: None,
            });
        }
        let gave_way = lease::holder(&store).await?;
        let (agent, tasks) =
            Warehouse::open_for(Purpose::Maintain, store, settings, clock, entropy).await?;
        Ok(Self {
            maintenance: agent.maintenance(),
            agent: Some((agent, tasks)),
            gave_way,
        })
    }

    /// The agent that folded before, and gave way.
    pub fn gave_way(&self) -> Option<&AgentId> {
        self.gave_way.as_ref()
    }

    /// What is to be done in it.
    pub fn maintenance(&self) -> &Maintenance {
        &self.maintenance
    }

    /// Gives back what was taken. A process that is killed instead holds the lease for a term more.
    pub async fn end(self) -> Result<()> {
        match self.agent {
            Some((agent, tasks)) => tasks.finish(&agent).await,
            None => Ok(()),
        }
    }
}
