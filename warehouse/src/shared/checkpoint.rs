//! Checkpoints: how far every journal is in the tables, and what was open then.
//!
//! Numbered by the epoch of the lease under which they were written and a count within it; the
//! highest one holds. One is two objects, written in this order and never again: the state, in
//! the form of a local journal's checkpoint, and the small head, which makes it count.
//!
//! What a checkpoint includes is deleted from the journals only after the lease was checked
//! again. So whoever took the lease over since began with that checkpoint or a later one:
//! nothing that it has to read is missing.

use std::fmt;

use serde::{Deserialize, Serialize};
use tracing::warn;

use super::tails;
use crate::error::{Error, Result};
use crate::ids::{Lsn, Positions};
use crate::journal::{object, segment};
use crate::lease::Lease;
use crate::limits::MAX_OUTRUN_READS;
use crate::saved::{self, Versions};
use crate::store::Store;

const CHECKPOINTS: &str = "_checkpoints";
const HEAD: &str = ".json";
const STATE: &str = ".state";
/// Checkpoints kept, for who is reading one; older ones are deleted.
const KEPT: usize = 4;

/// Names a checkpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CheckpointId {
    epoch: u64,
    number: u64,
}

impl fmt::Display for CheckpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{CHECKPOINTS}/{:020}-{:010}", self.epoch, self.number)
    }
}

/// The small part of a checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// The last entry of each journal that is in the tables, or in the state as open.
    pub positions: Positions,
    /// The versions of the tables that have exactly that.
    pub versions: Versions,
}

fn parse_id(path: &str) -> Option<CheckpointId> {
    let name = path.strip_prefix(CHECKPOINTS)?.strip_prefix('/')?;
    let (epoch, number) = name.strip_suffix(HEAD)?.split_once('-')?;
    Some(CheckpointId {
        epoch: epoch.parse().ok()?,
        number: number.parse().ok()?,
    })
}

async fn list(store: &Store) -> Result<Vec<CheckpointId>> {
    let paths = store.list(CHECKPOINTS).await?;
    let mut ids: Vec<_> = paths.iter().filter_map(|path| parse_id(path)).collect();
    ids.sort_unstable();
    Ok(ids)
}

/// The checkpoint that holds; none before the first fold.
pub(super) async fn newest(store: &Store) -> Result<Option<CheckpointId>> {
    Ok(list(store).await?.pop())
}

/// The versions of the tables that the checkpoint names that holds; none before the first fold.
pub(crate) async fn versions(store: &Store) -> Result<Option<Versions>> {
    for _ in 0..MAX_OUTRUN_READS {
        let Some(id) = newest(store).await? else {
            return Ok(None);
        };
        // Else some folds went by.
        if let Some(head) = head(store, id).await? {
            return Ok(Some(head.versions));
        }
    }
    Err(Error::Unavailable(format!(
        "{} was folded {MAX_OUTRUN_READS} times while its checkpoint was being read",
        store.url()
    )))
}

/// The head of a checkpoint; none when it was deleted in the meantime.
pub(super) async fn head(store: &Store, id: CheckpointId) -> Result<Option<Head>> {
    let path = format!("{id}{HEAD}");
    let Some(bytes) = store.get(&path).await? else {
        return Ok(None);
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| damaged(store, &path, &error))
}

/// The state of a checkpoint; none when it was deleted in the meantime.
pub(super) async fn state(store: &Store, id: CheckpointId) -> Result<Option<Vec<u8>>> {
    let path = format!("{id}{STATE}");
    let Some(bytes) = store.get(&path).await? else {
        return Ok(None);
    };
    let (_, saved) = segment::parse_checkpoint(&path, &bytes)?;
    Ok(Some(saved))
}

fn damaged(store: &Store, path: &str, why: &dyn fmt::Display) -> Error {
    Error::Damaged(format!(
        "{}{path}: {why}. Restore it from a copy",
        store.url()
    ))
}

/// Writes checkpoints, for who holds the lease.
#[derive(Debug)]
pub(crate) struct SharedCheckpoints {
    store: Store,
    lease: Lease,
    number: u64,
}

impl SharedCheckpoints {
    pub(super) fn new(store: Store, lease: Lease) -> Self {
        Self {
            store,
            lease,
            number: 0,
        }
    }

    /// Writes a checkpoint, then deletes what nobody needs any more because of it.
    pub(crate) async fn save(&mut self, state: &[u8], head: &Head) -> Result<()> {
        let id = CheckpointId {
            epoch: self.lease.epoch(),
            number: self.number + 1,
        };
        let saved = saved::encode(state, &head.versions)?;
        let state = segment::checkpoint(Lsn(id.number), &saved);
        let head_bytes = serde_json::to_vec(head)
            .map_err(|error| Error::Internal(format!("encode a checkpoint: {error}")))?;
        for (suffix, bytes) in [(STATE, state), (HEAD, head_bytes)] {
            let path = format!("{id}{suffix}");
            if !object::put_once(&self.store, &path, &bytes).await? {
                return Err(Error::Conflict(format!(
                    "{path} of {} was written by somebody else",
                    self.store.url()
                )));
            }
        }
        self.number = id.number;
        self.lease.check().await?;
        // What cannot be deleted now is next time.
        if let Err(error) = self.forget(&head.positions).await {
            warn!(%error, "old journal objects could not be deleted");
        }
        Ok(())
    }

    async fn forget(&self, positions: &Positions) -> Result<()> {
        let mut paths = Vec::new();
        for (agent, objects) in tails::list(&self.store).await? {
            // One that is not there has nothing to delete: its seal stays.
            let position = positions.get(&agent).copied().unwrap_or_default();
            let folded = objects.into_iter().filter(|first| *first <= position);
            paths.extend(folded.map(|first| object::path(&agent, first)));
        }
        let ids = list(&self.store).await?;
        for id in &ids[..ids.len().saturating_sub(KEPT)] {
            paths.extend([HEAD, STATE].map(|suffix| format!("{id}{suffix}")));
        }
        self.store.delete(paths).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Micros;
    use crate::ids::AgentId;
    use crate::journal::{Journal, ObjectJournal};

    #[tokio::test]
    async fn the_newest_holds_and_journals_forget() {
        let store = Store::open("memory://", true).expect("a store");
        let agent = AgentId::parse("agent-one").expect("an id");
        let mut journal = ObjectJournal::new(store.clone(), agent.clone());
        for entry in 1..=9 {
            journal.append(vec![vec![entry]]).await.expect("written");
        }
        let lease = Lease::take(&store, &agent, Micros(1)).await.expect("taken");
        let mut checkpoints = SharedCheckpoints::new(store.clone(), lease);
        assert_eq!(newest(&store).await.expect("listed"), None);
        for through in 1..=6 {
            let head = Head {
                positions: [(agent.clone(), Lsn(through))].into(),
                versions: [("models".to_owned(), through)].into(),
            };
            checkpoints.save(&[7; 9], &head).await.expect("saved");
            let id = newest(&store).await.expect("listed").expect("one");
            assert_eq!(self::head(&store, id).await.expect("read"), Some(head));
            assert!(state(&store, id).await.expect("read").is_some());
            let left = tails::list(&store).await.expect("listed");
            assert_eq!(left[&agent].first(), Some(&Lsn(through + 1)));
        }
        assert_eq!(list(&store).await.expect("listed").len(), KEPT);
    }

    #[tokio::test]
    async fn one_whose_lease_was_taken_deletes_nothing() {
        let store = Store::open("memory://", true).expect("a store");
        let agent = AgentId::parse("agent-one").expect("an id");
        let mut journal = ObjectJournal::new(store.clone(), agent.clone());
        journal.append(vec![vec![1]]).await.expect("written");
        let lease = Lease::take(&store, &agent, Micros(1)).await.expect("taken");
        let mut checkpoints = SharedCheckpoints::new(store.clone(), lease);
        Lease::take(&store, &agent, Micros(2)).await.expect("taken");
        let head = Head {
            positions: [(agent.clone(), Lsn(1))].into(),
            versions: Versions::new(),
        };
        let late = checkpoints.save(&[], &head).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        assert_eq!(tails::list(&store).await.expect("listed").len(), 1);
    }
}
