//! Signs of life: `_agents/<agent>.json`, which each agent rewrites now and then.
//!
//! It tells whom the agent still hears, so that others do not take a producer for gone that is
//! busy; and where the agent's journal ended, once it has.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};

use crate::clock::Micros;
use crate::error::{Error, Result};
use crate::ids::{AgentId, Lsn, ProducerId};
use crate::limits::MAX_PARALLEL_READS;
use crate::store::Store;

const AGENTS: &str = "_agents";
const SUFFIX: &str = ".json";

/// What an agent says of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Presence {
    /// When it was written, by the agent's own clock.
    pub at: Micros,
    /// When each producer was last heard.
    pub heard: BTreeMap<ProducerId, Micros>,
    /// The last entry of its journal, when it has stopped.
    pub ended: Option<Lsn>,
}

impl Presence {
    pub(crate) async fn write(&self, store: &Store, agent: &AgentId) -> Result<()> {
        let bytes = serde_json::to_vec(self)
            .map_err(|error| Error::Internal(format!("encode a sign of life: {error}")))?;
        store.put(&path(agent), bytes).await
    }
}

fn path(agent: &AgentId) -> String {
    format!("{AGENTS}/{agent}{SUFFIX}")
}

/// Forgets an agent.
pub(super) async fn delete(store: &Store, agent: &AgentId) -> Result<()> {
    store.delete(vec![path(agent)]).await
}

/// What all agents say of themselves.
pub(super) async fn all(store: &Store) -> Result<BTreeMap<AgentId, Presence>> {
    let agents = store.list(AGENTS).await?.into_iter().filter_map(|path| {
        let name = path.strip_prefix(AGENTS)?.strip_prefix('/')?;
        AgentId::parse(name.strip_suffix(SUFFIX)?).ok()
    });
    let read = agents.map(|agent| async move {
        let path = path(&agent);
        let Some(bytes) = store.get(&path).await? else {
            return Ok(None);
        };
        let presence = serde_json::from_slice(&bytes).map_err(|error| {
            Error::Damaged(format!(
                "{}{path}: {error}. Delete it: its agent writes it again",
                store.url()
            ))
        })?;
        Ok(Some((agent, presence)))
    });
    let found: Vec<_> = futures::stream::iter(read)
        .buffer_unordered(MAX_PARALLEL_READS)
        .try_collect()
        .await?;
    Ok(found.into_iter().flatten().collect())
}
