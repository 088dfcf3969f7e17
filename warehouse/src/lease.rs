//! The lease on a warehouse's tables: who may commit to them.
//!
//! `lease/<epoch>.json` are create-only objects, numbered from 1; the highest one
//! holds. Whoever takes over creates the next; the one before notices, since it
//! asks before every commit attempt, and commits nothing more. (Object stores agree
//! on create-only writes; the local one has no conditional update.)
//!
//! A local warehouse has one agent, kept so by the lock on its journal, so taking over is always
//! right. Of many agents on an object store, the one that holds the lease rewrites its object with
//! a higher *beat* now and then, and a last time when it gives the lease back. Who waits takes over
//! when the same beat was there for a whole term by its own clock ([`Watch`]), the holder's term or
//! its own, whichever is longer: no clocks are compared. Nothing depends on that being right: a commit by two that both believe to hold the
//! lease goes through for one of them only, as they commit to the same version of a table.

use std::time::Duration;

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
    holder: Holder,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Holder {
    agent: AgentId,
    taken_at: Micros,
    #[serde(default)]
    beat: u64,
    /// Given back: anybody may take it.
    #[serde(default)]
    released: bool,
    /// How long its holder may be silent, by its own settings: who waits has others, perhaps.
    #[serde(default)]
    term: Duration,
}

impl Lease {
    /// Takes the lease over from whoever had it, for who never waits for it.
    pub(crate) async fn take(store: &Store, agent: &AgentId, now: Micros) -> Result<Self> {
        Self::take_for(store, agent, now, Duration::ZERO).await
    }

    /// Takes the lease over from whoever had it. Its holder shows that it lives within each `term`.
    pub(crate) async fn take_for(
        store: &Store,
        agent: &AgentId,
        now: Micros,
        term: Duration,
    ) -> Result<Self> {
        let holder = Holder {
            term,
            agent: agent.clone(),
            taken_at: now,
            beat: 0,
            released: false,
        };
        let bytes = holder.encode()?;
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
                    holder,
                });
            }
        }
        Err(Error::Conflict(format!(
            "the lease on {} changed hands {MAX_ATTEMPTS} times while taking it",
            store.url()
        )))
    }

    /// Its number.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Shows that its holder lives. Refuses when somebody took the lease over.
    pub(crate) async fn renew(&mut self) -> Result<()> {
        self.check().await?;
        self.holder.beat += 1;
        self.write().await
    }

    /// Gives it back.
    pub(crate) async fn release(mut self) -> Result<()> {
        self.holder.released = true;
        self.write().await
    }

    async fn write(&self) -> Result<()> {
        self.store
            .put(&path(self.epoch), self.holder.encode()?)
            .await
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

impl Holder {
    async fn read(store: &Store, path: &str) -> Result<Option<Self>> {
        let Some(bytes) = store.get(path).await? else {
            return Ok(None);
        };
        let holder = serde_json::from_slice(&bytes).map_err(|error| {
            Error::Damaged(format!(
                "{path} of {}: {error}. Delete it: the lease is taken anew",
                store.url()
            ))
        })?;
        Ok(Some(holder))
    }

    fn encode(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self)
            .map_err(|error| Error::Internal(format!("encode the lease: {error}")))
    }
}

/// Who holds the lease; none when it was given back, or nobody ever had it.
pub(crate) async fn holder(store: &Store) -> Result<Option<AgentId>> {
    let path = path(highest(store).await?);
    let holder = Holder::read(store, &path).await?;
    let holder = holder.filter(|holder| !holder.released);
    Ok(holder.map(|holder| holder.agent))
}

/// Watches a lease that somebody else may hold.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// What was seen last, and since when.
    seen: Option<(u64, Holder, Duration)>,
}

impl Watch {
    /// Whether the lease may be taken: nobody has it, or its holder gave no sign for `term`. `now` is
    /// what a clock says has elapsed.
    pub(crate) async fn is_free(
        &mut self,
        store: &Store,
        now: Duration,
        term: Duration,
    ) -> Result<bool> {
        let epoch = highest(store).await?;
        let path = path(epoch);
        let Some(holder) = Holder::read(store, &path).await? else {
            return Ok(true);
        };
        if holder.released {
            return Ok(true);
        }
        match &self.seen {
            Some((seen_epoch, seen, since)) if *seen_epoch == epoch && *seen == holder => {
                Ok(now.saturating_sub(*since) >= term.max(seen.term))
            }
            _ => {
                self.seen = Some((epoch, holder, now));
                Ok(false)
            }
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

    #[tokio::test]
    async fn the_longer_term_counts() {
        let store = Store::open("memory://", true).expect("a store");
        let agent = AgentId::parse("agent-one").expect("an id");
        let second = Duration::from_secs(1);
        let at = Duration::from_secs;
        let taken = Lease::take_for(&store, &agent, Micros(0), 20 * second).await;
        taken.expect("taken");
        let mut watch = Watch::default();
        for (now, free) in [(0, false), (19, false), (20, true)] {
            let seen = watch.is_free(&store, at(now), second).await;
            assert_eq!(seen.expect("seen"), free, "at {now}");
        }
    }

    #[tokio::test]
    async fn a_silent_holder_loses_it_after_its_term() {
        let store = Store::open("memory://", true).expect("a store");
        let agent = AgentId::parse("agent-one").expect("an id");
        let term = Duration::from_secs(20);
        let at = Duration::from_secs;
        let mut watch = Watch::default();
        assert!(watch.is_free(&store, at(0), term).await.expect("seen"));
        let mut lease = Lease::take(&store, &agent, Micros(0)).await.expect("taken");
        for (now, renews, free) in [
            (100, false, false),
            (119, true, false),
            (121, false, false),
            (139, false, false),
            (141, false, true),
        ] {
            let seen = watch.is_free(&store, at(now), term).await.expect("seen");
            assert_eq!(seen, free, "at {now}");
            if renews {
                lease.renew().await.expect("held");
            }
        }
        let mut later = Watch::default();
        assert!(!later.is_free(&store, at(141), term).await.expect("seen"));
        lease.release().await.expect("given back");
        assert!(later.is_free(&store, at(141), term).await.expect("seen"));
    }
}
