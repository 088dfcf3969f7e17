//! Journals of agents that are gone.
//!
//! One that stopped in order says so, and where its journal ended. One that shows no sign of
//! life for long is taken for dead: its journal is sealed, so that it takes nothing more should it
//! live after all, and it is as if it had stopped there. Once all of a journal is folded, nothing but
//! the seal is left of it.

use std::collections::HashMap;

use tracing::{info, warn};

use super::presence::{self, Presence};
use super::tails;
use crate::clock::Micros;
use crate::error::Result;
use crate::ids::{AgentId, Lsn};
use crate::journal::object;
use crate::ledger::Ledger;
use crate::limits::SILENT_LOOKS;
use crate::store::Store;

/// What is known of other agents' signs of life.
#[derive(Debug, Default)]
pub(super) struct Retirement {
    /// The last sign, and how often it was the same.
    signs: HashMap<AgentId, (Micros, u32)>,
}

impl Retirement {
    /// Looks once at the signs of life; for who folds, after a fold.
    pub(super) async fn look(
        &mut self,
        store: &Store,
        ledger: &Ledger,
        own: &AgentId,
    ) -> Result<()> {
        let mut present = presence::all(store).await?;
        for agent in tails::list(store).await?.into_keys() {
            // Killed before its first sign; or sealed and gone.
            present.entry(agent).or_default();
        }
        present.remove(own);
        for agent in ledger.positions().into_keys() {
            if agent != *own && !present.contains_key(&agent) {
                ledger.retire(&agent); // The one that folded before had seen to it.
            }
        }
        self.signs.retain(|agent, _| present.contains_key(agent));
        for (agent, presence) in present {
            let folded = ledger.folded_of(&agent);
            if let Some(ended) = presence.ended {
                if folded.unwrap_or_default() >= ended {
                    ledger.retire(&agent);
                    presence::delete(store, &agent).await?;
                    self.signs.remove(&agent);
                    info!(%agent, "its journal is folded, and gone");
                }
                continue;
            }
            let sign = self.signs.entry(agent.clone()).or_insert((presence.at, 0));
            if sign.0 == presence.at {
                sign.1 += 1;
            } else {
                *sign = (presence.at, 0);
            }
            if let (Some(end), true) = (folded, sign.1 >= SILENT_LOOKS) {
                seal(store, &agent, presence, end).await?;
            }
        }
        Ok(())
    }
}

/// Seals a journal that ends at `end`, unless it goes on there.
async fn seal(store: &Store, agent: &AgentId, presence: Presence, end: Lsn) -> Result<()> {
    let first = end.next();
    let path = object::path(agent, first);
    if object::put_once(store, &path, &object::encode(first, &[])).await? {
        warn!(%agent, "it is silent: its journal is sealed");
        let ended = Some(end);
        Presence { ended, ..presence }.write(store, agent).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::journal::{Journal, ObjectJournal};

    const HOUR: Duration = Duration::from_secs(3600);

    fn id(name: &str) -> AgentId {
        AgentId::parse(name).expect("an id")
    }

    async fn agents(store: &Store) -> Vec<AgentId> {
        let present = presence::all(store).await.expect("read");
        present.into_keys().collect()
    }

    #[tokio::test]
    async fn one_that_stopped_leaves_when_it_is_folded() {
        let store = Store::open("memory://", true).expect("a store");
        let ledger = Ledger::of_many(id("agent-own"), Micros(0), HOUR);
        let other = id("agent-other");
        let ended = Presence {
            ended: Some(Lsn(3)),
            ..Presence::default()
        };
        ended.write(&store, &other).await.expect("written");
        let mut retirement = Retirement::default();
        for (folded, left) in [(None, 1), (Some(2), 1), (Some(3), 0)] {
            if let Some(folded) = folded {
                ledger.folded_all([(other.clone(), Lsn(folded))].into(), None);
            }
            let looked = retirement.look(&store, &ledger, &id("agent-own")).await;
            looked.expect("looked");
            assert_eq!(agents(&store).await.len(), left, "folded {folded:?}");
        }
        assert_eq!(ledger.folded_of(&other), None);
    }

    #[tokio::test]
    async fn a_silent_one_is_sealed() {
        let store = Store::open("memory://", true).expect("a store");
        let ledger = Ledger::of_many(id("agent-own"), Micros(0), HOUR);
        let dead = id("agent-dead");
        let mut journal = ObjectJournal::new(store.clone(), dead.clone());
        journal.append(vec![vec![1]]).await.expect("written");
        Presence::default()
            .write(&store, &dead)
            .await
            .expect("written");
        ledger.folded_all([(dead.clone(), Lsn(1))].into(), None);
        let mut retirement = Retirement::default();
        for _ in 1..SILENT_LOOKS {
            let looked = retirement.look(&store, &ledger, &id("agent-own")).await;
            looked.expect("looked");
        }
        journal.append(vec![vec![2]]).await.expect("it lives");
        let looked = retirement.look(&store, &ledger, &id("agent-own")).await;
        looked.expect("looked");
        assert_eq!(agents(&store).await.len(), 1, "its journal went on");

        ledger.folded_all([(dead.clone(), Lsn(2))].into(), None);
        for _ in 0..2 {
            let looked = retirement.look(&store, &ledger, &id("agent-own")).await;
            looked.expect("looked");
        }
        assert!(agents(&store).await.is_empty());
        journal.append(vec![vec![3]]).await.expect_err("sealed");
    }
}
