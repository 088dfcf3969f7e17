//! What the journals have after some positions.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};

use super::order::Entry;
use crate::error::{Error, Result};
use crate::ids::{AgentId, Lsn, Positions};
use crate::journal::object;
use crate::limits::MAX_PARALLEL_READS;
use crate::store::Store;

/// What was found.
#[derive(Debug)]
pub(super) enum Tails {
    /// Every entry after the positions, in the order of each journal, and where the journals end.
    Found(Vec<Entry>, Positions),
    /// A journal goes on after a gap: what lies between was folded and forgotten in the meantime,
    /// unless it is lost. The message says which.
    Gap(String),
}

/// Reads what all journals but that of `own` have after `positions`.
pub(super) async fn read(
    store: &Store,
    positions: &Positions,
    own: Option<&AgentId>,
) -> Result<Tails> {
    let mut wanted = Vec::new();
    for (agent, objects) in list(store).await? {
        if own == Some(&agent) {
            continue;
        }
        let position = positions.get(&agent).copied().unwrap_or_default();
        wanted.extend(
            objects
                .into_iter()
                .filter(|first| *first > position)
                .map(|first| (agent.clone(), first)),
        );
    }
    let read = wanted.into_iter().map(|(agent, first)| async move {
        let path = object::path(&agent, first);
        let entries = match store.get(&path).await? {
            Some(bytes) => object::decode(&path, first, &bytes).map(Some),
            // Forgotten since it was listed.
            None => Ok(None),
        };
        entries.map(|entries| (agent, first, entries))
    });
    let mut read = futures::stream::iter(read).buffered(MAX_PARALLEL_READS);
    let mut ends = positions.clone();
    let mut found = Vec::new();
    while let Some((agent, first, entries)) = read.try_next().await? {
        if entries.as_ref().is_some_and(Vec::is_empty) {
            continue; // A seal: nothing follows, and what was before it may be gone.
        }
        let end = ends.entry(agent.clone()).or_default();
        let (true, Some(entries)) = (first == end.next(), entries) else {
            return Ok(Tails::Gap(format!(
                "the journal of agent {agent} at {url} goes on with entry {first} after entry {end}",
                url = store.url()
            )));
        };
        for (index, bytes) in entries.into_iter().enumerate() {
            let lsn = Lsn(first.0 + index as u64);
            let batch = rmp_serde::from_slice(&bytes).map_err(|error| {
                Error::Damaged(format!(
                    "entry {lsn} of the journal of agent {agent} at {}: {error}",
                    store.url()
                ))
            })?;
            found.push(Entry {
                lsn,
                batch: Arc::new(batch),
            });
            *end = lsn;
        }
    }
    Ok(Tails::Found(found, ends))
}

/// Every journal object: agents, and where their objects begin, in order.
pub(super) async fn list(store: &Store) -> Result<BTreeMap<AgentId, Vec<Lsn>>> {
    let mut journals: BTreeMap<AgentId, Vec<Lsn>> = BTreeMap::new();
    for path in store.list(object::JOURNALS).await? {
        if let Some((agent, first)) = object::parse_path(&path) {
            journals.entry(agent).or_default().push(first);
        }
    }
    journals
        .values_mut()
        .for_each(|firsts| firsts.sort_unstable());
    Ok(journals)
}
