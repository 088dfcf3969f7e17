//! The lease on a warehouse's tables: who may commit to them.
//!
//! `lease/<epoch>.json` are create-only objects, numbered from 1; the highest one
//! holds. Whoever takes over creates the next; the one before notices, since it
//! asks before every commit attempt, and commits nothing more. (Object stores agree
//! on create-only writes; the local one has no conditional update.)
//!
//! A local warehouse has one agent, kept so by the lock on its journal, so taking
//! over is always right. For many agents on one warehouse the lease will also have
//! a term.

use serde::{Deserialize, Serialize};

use crate::clock::Micros;
use crate::error::{Error, Result};
use crate::ids::AgentId;
use crate::store::Store;

/// Epochs that are tried one after the other before giving up.
const MAX_ATTEMPTS: usize = 16;
/// Epochs kept, for people to see who held the lease; older ones are deleted.
const KEPT: u64 = 8;

/// A lease that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    store: Store,
    epoch: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Holder {
    agent: AgentId,
    taken_at: Micros,
}

impl Lease {
    /// Takes the lease over from whoever had it.
    pub(crate) async fn take(store: &Store, agent: &AgentId, now: Micros) -> Result<Self> {
        let holder = Holder {
            agent: agent.clone(),
            taken_at: now,
        };
        let bytes = serde_json::to_vec(&holder)
            .map_err(|error| Error::Internal(format!("encode the lease: {error}")))?;
        for _ in 0..MAX_ATTEMPTS {
            let highest = highest(store).await?;
            let Some(epoch) = highest.checked_add(1) else {
                return Err(Error::Damaged(format!(
                    "lease/ of {} has the epoch {highest}, after which there is none: \
                     remove that file",
                    store.url()
                )));
            };
            let path = path(epoch);
            if store.create(&path, bytes.clone()).await? {
                store.sync(&[path.as_str()])?;
                if let Some(old) = epoch.checked_sub(KEPT).filter(|old| *old > 0) {
                    // Best effort: a left-over epoch does no harm.
                    let _ = object_store::ObjectStoreExt::delete(
                        store.objects().as_ref(),
                        &self::path(old).into(),
                    )
                    .await;
                }
                return Ok(Self {
                    store: store.clone(),
                    epoch,
                });
            }
        }
        Err(Error::Conflict(format!(
            "the lease on {} changed hands {MAX_ATTEMPTS} times while taking it",
            store.url()
        )))
    }

    /// Refuses when somebody took the lease over.
    pub(crate) async fn check(&self) -> Result<()> {
        let highest = highest(&self.store).await?;
        if highest == self.epoch {
            Ok(())
        } else {
            Err(Error::Conflict(format!(
                "the lease on {} was taken over: ours is epoch {}, the highest is {highest}",
                self.store.url(),
                self.epoch
            )))
        }
    }
}

fn path(epoch: u64) -> String {
    format!("lease/{epoch:020}.json")
}

async fn highest(store: &Store) -> Result<u64> {
    let listing = store
        .objects()
        .list_with_delimiter(Some(&"lease".into()))
        .await;
    let listing = listing
        .map_err(|error| Error::storage(format_args!("list lease/ of {}", store.url()), error))?;
    let epochs = listing.objects.iter().filter_map(|object| {
        let name = object.location.filename()?.strip_suffix(".json")?;
        name.parse().ok()
    });
    Ok(epochs.max().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_one_before_is_fenced() {
        let store = Store::open("memory://", true).expect("a store");
        let agent = AgentId::parse("agent-one").expect("an id");
        let first = Lease::take(&store, &agent, Micros(1)).await.expect("taken");
        first.check().await.expect("held");
        let second = Lease::take(&store, &agent, Micros(2)).await.expect("taken");
        assert!(matches!(first.check().await, Err(Error::Conflict(_))));
        second.check().await.expect("held");
        for _ in 0..20 {
            Lease::take(&store, &agent, Micros(3)).await.expect("taken");
        }
        assert!(matches!(second.check().await, Err(Error::Conflict(_))));
    }
}
